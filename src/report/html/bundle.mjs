// Makes the page of the HTML report: template, style, scripts and licences in one text, split where the data goes, as two
// constants of the program.
//
// usage: node bundle.mjs NODE_MODULES OUTPUT.cc
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const [modules, output] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const {buildSync, transformSync} = createRequire(join(modules, 'x.js'))('esbuild');
const read = (...parts) => readFileSync(join(...parts), 'utf8');

// What ends a script element may not stand in one, and letters that are not ASCII need no second look.
const script = (name) =>
  buildSync({
    entryPoints: [join(here, name)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    nodePaths: [modules],
    define: {'process.env.NODE_ENV': '"production"'},
  })
    .outputFiles[0].text.trim()
    .replace(/<\/script/gi, '<\\/script')
    .replace(/<!--/g, '<\\!--');

// Each line of the policy's hashes is of the exact text between the tags.
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const LICENCES = [
  ['Apache ECharts', 'echarts', ['LICENSE', 'NOTICE', 'licenses/LICENSE-d3']],
  ['ZRender', 'zrender', ['LICENSE']],
  ['tslib', 'tslib', ['LICENSE.txt']],
  ['dagre', '@dagrejs/dagre', ['LICENSE']],
  ['graphlib', '@dagrejs/graphlib', ['LICENSE']],
];
const licences = LICENCES.map(([name, folder, files]) => {
  const {version} = JSON.parse(read(modules, folder, 'package.json'));
  return `This page holds parts of ${name} ${version}:\n\n${files.map((file) => read(modules, folder, file).trim()).join('\n\n')}`;
}).join(`\n\n${'='.repeat(80)}\n\n`);
if (/--!?>|<!--/.test(licences)) throw new Error('a licence would end the comment that it stands in');

const parts = {
  style: transformSync(read(here, 'page.css'), {loader: 'css', minify: true}).code.trim(),
  script: script('main.js'),
  drawings: script('drawings.js'),
  licences,
};
parts.policy = `default-src 'none'; script-src ${hash(parts.script)} ${hash(parts.drawings)}; style-src ${hash(parts.style)}; base-uri 'none'; form-action 'none'`;

const [head, tail, ...more] = read(here, 'page.html')
  .replace(/@(\w+)@/g, (whole, name) => (name === 'data' ? '\0' : (parts[name] ?? whole)))
  .split('\0');
if (tail === undefined || more.length > 0) throw new Error('page.html has not one place for the data');

// As raw strings: in pieces, since compilers bound the length of one, cut where no character is.
function literal(text) {
  const pieces = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + 15000, text.length);
    while (end < text.length && /[\uDC00-\uDFFF]/.test(text[end])) --end;
    pieces.push(`R"page~(${text.slice(at, end)})page~"`);
    at = end;
  }
  return pieces.join('\n');
}
if (`${head}${tail}`.includes(')page~"')) throw new Error('the page holds what ends a raw string');
writeFileSync(
  output,
  `// Made by src/report/html/bundle.mjs.
#include "report/html_page.h"

namespace fleet::report {

const std::string_view kPageHead = ${literal(head)};
const std::string_view kPageTail = ${literal(tail)};

}  // namespace fleet::report
`,
);
