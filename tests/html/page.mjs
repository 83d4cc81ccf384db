// Opens the pages that html_pages wrote in a browser, and tries what the report promises.
//
// usage: node page.mjs NODE_MODULES FOLDER [speed]      (speed: that alone, which wants the machine for itself; else all others)
import assert from 'node:assert/strict';
import {readFileSync, statSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const [modules, folder, speed] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const puppeteer = require('puppeteer-core');
const {HtmlValidate, StaticConfigLoader} = require('html-validate');

const MOST_BYTES = 5_000_000;
const MOST_SECONDS = 2; // until a page of 2,000 tasks and 5,000 findings can be used
const TIMED = 5; // openings, of which the middle one counts

const browser = await puppeteer.launch({
  executablePath: '/usr/bin/chromium',
  headless: true,
  // Containers have little shared memory, and root no sandbox.
  args: ['--disable-dev-shm-usage', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
});

// Every page is watched: it may ask nobody for anything, and have nothing to complain about.
async function open(name, {width = 1280, height = 900, scheme = 'light'} = {}) {
  // One by itself: what a reader chose on another page is kept for all that open from disk.
  const page = await (await browser.createBrowserContext()).newPage();
  const complaints = [];
  const address = pathToFileURL(join(folder, name)).href;
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address) complaints.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.setViewport({width, height});
  await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
  const begin = performance.now();
  await page.goto(address, {waitUntil: 'load'});
  return {page, complaints, begin};
}

const rows = (page, section) => page.$$eval(`#${section} .listing tbody tr`, (all) => all.length);
const status = (page, section) => page.$eval(`#${section} .listing .status`, (node) => node.textContent);
const settle = (page) => page.evaluate(() => new Promise((done) => setTimeout(done, 250)));

// Every drawing is drawn when the reader comes to it.
async function readThrough(page) {
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += 500) {
      scrollTo(0, y);
      await new Promise((done) => setTimeout(done, 40));
    }
  });
  await settle(page);
}

async function search(page, words) {
  await page.keyboard.press('/');
  await page.keyboard.type(words);
  await settle(page);
}

const TESTS = {
  async 'the verdict and its reasons stand first, and the title has them'() {
    const {page, complaints} = await open('sample.html');
    assert.equal(
      await page.$eval('main h1', (node) => node.textContent),
      'failed: 5 of 8 tasks done, 1 failed, 2 skipped, gate failed',
    );
    assert.match(await page.title(), /^showroom-integration: failed/);
    assert.deepEqual(await page.$$eval('.reasons li', (all) => all.map((node) => node.textContent)), [
      'gate: 2 new findings',
      'build failed after 2 attempts: `npm run build` ended with exit 2',
      '1 task was skipped because of a need: publish',
    ]);
    assert.match(await page.$eval('#wrong pre', (node) => node.textContent), /Cannot find name 'PBR'/);
    assert.deepEqual(complaints, []);
  },

  async 'every section is there, and every drawing is drawn, light and dark'() {
    for (const scheme of ['light', 'dark']) {
      const {page, complaints} = await open('sample.html', {scheme});
      await readThrough(page);
      const seen = await page.$$eval('main > section', (all) => all.filter((node) => !node.hidden).map((node) => node.id));
      assert.deepEqual(seen, [
        'verdict',
        'wrong',
        'tasks',
        'timeline',
        'graph',
        'findings',
        'agents',
        'durations',
        'conflicts',
        'requirements',
        'earlier',
      ]);
      assert.deepEqual(await page.$$eval('.chart canvas', (all) => all.map((node) => node.closest('section').id)), [
        'timeline',
        'findings',
        'durations',
        'earlier',
      ]);
      assert.equal((await page.$$('svg.graph .node')).length, 8);
      const [paper] = await page.$$eval('body', ([node]) => [getComputedStyle(node).backgroundColor]);
      assert.equal(paper === 'rgb(18, 20, 24)', scheme === 'dark');
      await page.click('#theme');
      await settle(page);
      assert.notEqual((await page.$$eval('body', ([node]) => [getComputedStyle(node).backgroundColor]))[0], paper);
      assert.deepEqual(complaints, []);
    }
  },

  async 'search and filters find tasks by name, output and path, and findings'() {
    const {page, complaints} = await open('large.html');
    assert.equal(await status(page, 'tasks'), '2,000 tasks');
    await search(page, 'package-0042.step');
    assert.equal(await status(page, 'tasks'), '1 of 2,000 tasks');
    assert.equal(await rows(page, 'tasks'), 1);
    await page.keyboard.press('Escape');
    await settle(page);
    assert.equal(await status(page, 'tasks'), '2,000 tasks');
    await search(page, 'value4999 query');
    assert.equal(await status(page, 'findings'), '1 of 5,000 findings');
    await page.keyboard.press('Escape');
    await settle(page);
    await page.evaluate(() =>
      [...document.querySelectorAll('#tasks .chip')].find((chip) => chip.textContent.startsWith('failed')).click(),
    );
    const failed = Number((await status(page, 'tasks')).split(' ')[0]);
    assert.ok(failed > 10 && failed < 100);
    const states = await page.$$eval('#tasks tbody .badge', (all) => [...new Set(all.map((node) => node.textContent))]);
    assert.deepEqual(states, ['failed']);
    // By time, the longest first.
    await page.evaluate(() =>
      [...document.querySelectorAll('#tasks .sort')].find((head) => head.textContent === 'Time').click(),
    );
    const times = await page.$$eval('#tasks tbody tr', (all) => all.slice(0, 8).map((row) => row.cells[4].textContent));
    const seconds = times.map((time) =>
      /m/.test(time) ? Number(time.split('m')[0]) * 60 + Number.parseInt(time.split('m')[1], 10) : Number.parseFloat(time),
    );
    assert.deepEqual(
      seconds,
      [...seconds].sort((a, b) => b - a),
    );
    assert.deepEqual(complaints, []);
  },

  async 'a long list grows as the reader comes to its end'() {
    const {page} = await open('large.html');
    const before = await rows(page, 'findings');
    assert.ok(before < 200);
    await page.evaluate(() => document.querySelector('#findings .listing .scroll').scrollTo(0, 1e6));
    await settle(page);
    assert.ok((await rows(page, 'findings')) > before);
  },

  async 'all can be done with the keyboard'() {
    const {page, complaints} = await open('sample.html');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'rename');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await settle(page);
    assert.equal(await page.$eval('#panel-title', (node) => node.textContent), 'materials.core');
    assert.match(await page.$eval('#panel', (node) => node.textContent), /305,200 read, 5,120 written/);
    await page.keyboard.press('Escape');
    assert.equal(await page.$eval('#panel', (node) => node.hidden), true);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'materials.core');
    await page.keyboard.press('f');
    await settle(page);
    assert.equal(await page.$eval('#panel-title', (node) => node.textContent), 'build');
    await page.goBack();
    await settle(page);
    assert.equal(await page.$eval('#panel', (node) => node.hidden), true);
    await page.keyboard.press('?');
    assert.equal(await page.$eval('#keys', (node) => node.open), true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    // The graph is one stop of the Tab key, and walked with the arrows.
    await readThrough(page);
    await page.evaluate(() => document.querySelector('svg.graph .node[tabindex="0"]').focus());
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^build: failed/);
    await page.keyboard.press('Enter');
    await settle(page);
    assert.equal(await page.$eval('#panel-title', (node) => node.textContent), 'build');
    assert.deepEqual(complaints, []);
  },

  async 'a task shows its attempts, output, paths, conflicts, and findings in what it changed'() {
    const {page} = await open('sample.html');
    await page.evaluate(() => {
      location.hash = '#task=lighting';
    });
    await settle(page);
    const text = await page.$eval('#panel', (node) => node.textContent);
    assert.match(text, /Lost a conflict to materials\.viewer: lighting ran again on top of materials\.viewer/);
    assert.match(text, /Attempt 2done after 26\.8s/);
    assert.match(text, /src\/scene\.ts/);
    assert.match(text, /The query holds `name`/);
  },

  async 'a graph of any shape can be looked at'() {
    for (const [name, tasks] of [
      ['chain.html', 2000],
      ['short-chain.html', 120],
      ['star.html', 2000],
      ['large.html', 2000],
    ]) {
      const {page, complaints} = await open(name);
      await readThrough(page);
      await page.waitForSelector('svg.graph .node', {timeout: 60_000}); // a busy machine takes its time
      assert.equal((await page.$$('svg.graph .node')).length, tasks);
      const [width, height] = await page.$eval('svg.graph', (node) => [node.clientWidth, node.clientHeight]);
      assert.ok(width < 1200 && height < 3000, `${name}: ${width} by ${height}`);
      await page.evaluate(() => document.querySelector('svg.graph .node[tabindex="0"]').focus());
      await page.keyboard.press('ArrowRight');
      assert.match(await page.$eval('#graph .status', (node) => node.textContent), /needs [1-9]/);
      assert.ok((await page.$$('svg.graph .edges path')).length > 0);
      assert.deepEqual(complaints, []);
    }
  },

  async 'hostile text changes nothing outside of its place'() {
    const {page, complaints} = await open('hostile.html');
    await readThrough(page);
    for (let place = 0; place < 8; ++place) {
      await page.evaluate((at) => {
        location.hash = `#task=${at}`;
      }, place);
      await settle(page);
      assert.equal(await page.$eval('#panel', (node) => node.hidden), false);
    }
    await page.evaluate(() => {
      for (const all of document.querySelectorAll('details')) all.open = true;
    });
    await settle(page);
    const found = await page.evaluate(() => ({
      evil: Object.keys(window).filter((name) => name.startsWith('evil')),
      images: document.querySelectorAll('img, iframe, object, embed, link, base, form:not([method="dialog"])').length,
      scripts: document.scripts.length,
      links: [...document.querySelectorAll('a')].filter((link) => !link.getAttribute('href').startsWith('#')).length,
      right: getComputedStyle(document.body).direction,
    }));
    // The data, the drawings as text and as they run, the page.
    assert.deepEqual(found, {evil: [], images: 0, scripts: 4, links: 0, right: 'ltr'});
    assert.deepEqual(complaints, []);
  },

  async 'a run in which nothing was done, and one of no tasks, have a page'() {
    for (const name of ['void.html', 'empty.html']) {
      const {page, complaints} = await open(name);
      await readThrough(page);
      assert.match(await page.$eval('main h1', (node) => node.textContent), /nothing was done|0 of 0 tasks done/);
      assert.deepEqual(complaints, []);
    }
  },

  async 'nothing is wider than a phone'() {
    for (const name of ['sample.html', 'hostile.html', 'large.html']) {
      const {page, complaints} = await open(name, {width: 390, height: 844});
      await readThrough(page);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, name);
      await page.evaluate(() => {
        location.hash = '#task=2';
      });
      await settle(page);
      assert.equal(await page.$eval('#panel', (node) => node.getBoundingClientRect().width), 390);
      assert.deepEqual(complaints, []);
    }
  },

  async 'it prints, on white, with every drawing'() {
    const {page, complaints} = await open('sample.html', {scheme: 'dark'});
    const paper = await page.pdf({format: 'A4', printBackground: true});
    assert.ok(paper.length > 20_000);
    assert.equal((await page.$$('.chart canvas')).length, 4);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
    assert.deepEqual(complaints, []);
  },

  async 'its markup is valid, as written and as the scripts leave it'() {
    const validate = new HtmlValidate(
      new StaticConfigLoader([], {
        extends: ['html-validate:recommended'],
        rules: {
          // Of how sources look, which the browser that writes the page out again changes; and what keeps scripts out of a page.
          'no-trailing-whitespace': 'off',
          'no-inline-style': 'off',
          'require-sri': 'off',
          'long-title': 'off',
          'doctype-style': 'off',
          'attribute-boolean-style': 'off',
        },
      }),
    );
    for (const name of ['sample.html', 'hostile.html']) {
      const {page} = await open(name);
      await readThrough(page);
      await page.evaluate(() => {
        location.hash = '#task=5';
      });
      await settle(page);
      for (const text of [
        readFileSync(join(folder, name), 'utf8'),
        `<!doctype html>\n${await page.$eval('html', (node) => node.outerHTML)}`,
      ]) {
        const {results} = await validate.validateString(text);
        const errors = results.flatMap(({messages}) =>
          messages.map((each) => `${each.ruleId} at ${each.line}:${each.column}: ${each.message} (${each.selector})`),
        );
        assert.deepEqual([...new Set(errors)].slice(0, 10), []);
      }
    }
  },
};

const SPEED = {
  async 'two thousand tasks and five thousand findings open at once'() {
    const {size} = statSync(join(folder, 'large.html'));
    const times = [];
    for (let time = 0; time < TIMED; ++time) {
      const {page, complaints, begin} = await open('large.html');
      assert.ok((await rows(page, 'tasks')) > 0);
      // Painted, and the browser answers.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
      times.push((performance.now() - begin) / 1000);
      assert.deepEqual(complaints, []);
      await page.browserContext().close();
    }
    const [middle] = times.sort((a, b) => a - b).slice(Math.floor(TIMED / 2));
    console.log(
      `  ${size} bytes of at most ${MOST_BYTES}; open after ${middle.toFixed(2)} s of at most ${MOST_SECONDS} (${times.map((time) => time.toFixed(2)).join(', ')})`,
    );
    assert.ok(size <= MOST_BYTES);
    assert.ok(middle <= MOST_SECONDS);
    const {page, complaints} = await open('large.html');
    const begin = performance.now();
    await readThrough(page);
    console.log(`  read through to its end in ${((performance.now() - begin) / 1000).toFixed(2)} s`);
    assert.equal((await page.$$('svg.graph .node')).length, 2000);
    assert.deepEqual(complaints, []);
  },
};

let failed = 0;
const tests = Object.entries(speed ? SPEED : TESTS);
for (const [name, test] of tests) {
  const begin = performance.now();
  try {
    await test();
    console.log(`ok: ${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n${error.stack}`);
  }
  for (const context of browser.browserContexts().slice(1)) await context.close();
}
await browser.close();
console.log(`${tests.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
