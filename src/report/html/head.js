import {byId, code, el} from './dom.js';
import {data, taskOf} from './data.js';
import {bytes, count, duration, moment, number} from './words.js';
import {taskLink} from './parts.js';
import {tone} from './tone.js';

// The verdict, why, and the figures: what a reader wants before anything else.

const MOST_REASONS = 8; // that are seen at once

const figure = (value, name, hint) => el('div', {class: 'figure', title: hint}, el('dt', {}, name), el('dd', {}, value));

// A reason begins with the id of the task that it is about, where it is about one.
function reasonItem(reason) {
  const end = reason.indexOf(' ');
  const task = end > 0 ? taskOf(reason.slice(0, end)) : undefined;
  return task ? el('li', {}, taskLink(task), reason.slice(end)) : el('li', {}, reason);
}

function reasons() {
  if (data.reasons.length === 0) return [];
  const rest = data.reasons.slice(MOST_REASONS);
  return [
    el(
      'div',
      {class: 'reasons'},
      el('ul', {}, data.reasons.slice(0, MOST_REASONS).map(reasonItem)),
      rest.length > 0 &&
        el('details', {}, el('summary', {}, `${number(rest.length)} more`), el('ul', {}, rest.map(reasonItem))),
    ),
  ];
}

function figures() {
  const {figures: of, counts} = data;
  const all = [
    figure(`${number(counts.done)} / ${number(counts.total)}`, 'tasks done'),
    figure(
      duration(data.wall),
      data.state === 'running' && !data.cut_off ? 'so far' : 'from start to end',
      `begun ${moment(data.started)}`,
    ),
  ];
  if (of.speed_up > 1.05) {
    all.push(figure(`${of.speed_up.toFixed(1)}×`, 'as fast as one by one', `${duration(of.one_by_one)} in a row`));
    all.push(
      figure(
        `${Math.round(of.parallel_efficiency * 100)} %`,
        'of what the graph allows',
        `longest chain ${duration(of.critical_path)}, up to ${data.parallel} at once`,
      ),
    );
  }
  if (counts.attempts > counts.total) all.push(figure(number(counts.attempts), 'attempts'));
  if (data.usd) all.push(figure(data.usd, 'for models', data.tokens));
  if (data.delivery?.branch) {
    const {files, added, removed} = data.delivery;
    all.push(
      figure(
        [el('span', {class: 'added'}, `+${number(added)}`), ' ', el('span', {class: 'removed'}, `−${number(removed)}`)],
        `lines in ${count(files, 'file')}`,
      ),
    );
  }
  if (data.gate) all.push(figure((Math.floor(data.gate.score * 10) / 10).toFixed(1), 'score of the change', data.gate.text));
  if (of.memory) all.push(figure(bytes(of.memory), 'largest process'));
  return el('dl', {class: 'figures'}, all);
}

function pullRequest(address) {
  if (!/^https?:\/\//.test(address ?? '')) return '';
  return el('span', {}, ' It is proposed in ', el('a', {href: address, rel: 'noopener noreferrer'}, address), '.');
}

function deliveryLine() {
  const {delivery} = data;
  if (!delivery) return null;
  if (!delivery.branch) return null;
  const words = {
    'rolled-back': ['It was rolled back since: the branch is at ', code(delivery.tip), '.'],
    moved: ['The branch has moved since: it is at ', code(delivery.tip), '.'],
    gone: ['The branch is gone since.'],
  };
  return el(
    'p',
    {},
    'The result is on ',
    code(delivery.branch, 'command'),
    ', commit ',
    code(delivery.commit),
    '. ',
    words[delivery.standing] ?? '',
    pullRequest(delivery.pull_request),
  );
}

function gateBlock() {
  const {gate} = data;
  if (!gate) return null;
  return [
    el(
      'p',
      {},
      el('b', {class: gate.passed ? 'good' : 'bad'}, `Gate ${gate.passed ? 'passed' : 'failed'}`),
      `: ${gate.text}.`,
    ),
    more('not judged', gate.remarks),
  ];
}

function more(what, list, isOpen = false) {
  if (!list || list.length === 0) return null;
  return el(
    'details',
    {class: 'notes', open: isOpen},
    el('summary', {}, `${number(list.length)} ${what}`),
    el(
      'ul',
      {},
      list.map((note) => el('li', {}, note)),
    ),
  );
}

export function showHead() {
  document.title = `${data.workflow}: ${data.verdict}`;
  byId('crumb-workflow').textContent = data.workflow;
  byId('crumb-run').textContent = data.run;
  const word = data.cut_off ? 'cut off' : data.state;
  const colour = data.cut_off
    ? 'warn'
    : data.void
      ? 'idle'
      : data.good
        ? 'good'
        : data.state === 'finished'
          ? 'bad'
          : tone(data.state);
  byId('verdict').append(
    el('h1', {class: `${colour}`}, el('i', {class: `dot ${colour}`, title: word}), el('span', {}, data.verdict)),
    ...reasons(),
    figures(),
    ...[
      deliveryLine(),
      data.budget && el('p', {}, `Limit on cost: ${data.budget}.`),
      gateBlock(),
      data.cut_off && el('p', {}, 'No process drives it; ', code(`fleet resume ${data.run}`, 'command'), ' goes on.'),
      data.resumed > 0 && el('p', {}, `It was resumed ${data.resumed === 1 ? 'once' : `${data.resumed} times`}.`),
      data.left_out.length > 0 &&
        el('p', {class: 'note'}, `Left out of this page, to keep it small: ${data.left_out.join('; ')}.`),
      more(data.notes.length === 1 ? 'note' : 'notes', data.notes),
    ]
      .flat()
      .filter(Boolean),
  );
  byId('foot').append(el('p', {}, `fleet ${data.version} · workflow ${data.path} · ${moment(data.started)}`));
}
