import {byId, code, el} from './dom.js';
import {data, findings, lastAttempt, taskOf, tasks} from './data.js';
import {bytes, count, duration, number, stateWord} from './words.js';
import {badge, findingItem, taskLink} from './parts.js';
import {tone} from './tone.js';

// Everything about one task, beside the page; on a phone, over it.

const MOST_LINKS = 60; // tasks that a list names before the rest is a number

let open; // the task
let opener; // what had the focus before

function linksOf(places) {
  const shown = places.slice(0, MOST_LINKS).map((place) => el('li', {}, taskLink(tasks[place], {withState: true})));
  if (places.length > MOST_LINKS) shown.push(el('li', {class: 'dim'}, `and ${number(places.length - MOST_LINKS)} more`));
  return el('ul', {class: 'inline'}, shown);
}

const fact = (name, ...what) => [el('dt', {}, name), el('dd', {}, ...what)];

function factsOf(task) {
  const facts = [];
  facts.push(fact('Kind', `${task.kind}${task.priority === 'normal' ? '' : `, ${task.priority} priority`}`));
  const forecast = task.forecast === undefined ? '' : `, ${duration(task.forecast)} in earlier runs`;
  if (task.attempts.length > 0)
    facts.push(fact('Time', `${duration(task.took)} in ${count(task.attempts.length, 'attempt')}${forecast}`));
  facts.push(fact('Level', `${task.level + 1}${task.critical ? ', on the longest chain of the plan' : ''}`));
  if (task.needs.length > 0) facts.push(fact('Needs', linksOf(task.needs)));
  if (task.neededBy.length > 0) facts.push(fact('Needed by', linksOf(task.neededBy)));
  if (task.implements) facts.push(fact('Implements', task.implements.join(', ')));
  facts.push(fact('In full', code(`fleet show ${data.run} ${task.id}`, 'command')));
  return el('dl', {class: 'facts'}, facts);
}

function outputOf(attempt) {
  const parts = [];
  const shown = (attempt.head ?? '').length + (attempt.tail ?? '').length;
  if (shown === 0) return parts;
  const part = attempt.head && attempt.tail ? 'parts of ' : attempt.tail ? 'the end of ' : 'the start of ';
  const note = `${attempt.cut ? part : ''}${bytes(attempt.size)}`;
  parts.push(el('h4', {}, 'Output ', el('span', {class: 'dim'}, note)));
  if (attempt.head) parts.push(el('pre', {tabindex: '0', 'aria-label': 'Start of the output'}, attempt.head));
  if (attempt.cut && attempt.head && attempt.tail)
    parts.push(el('p', {class: 'gap'}, 'what lies between is not in this page'));
  if (attempt.tail) parts.push(el('pre', {tabindex: '0', 'aria-label': 'End of the output'}, attempt.tail));
  return parts;
}

function pathsOf(attempt) {
  if (!attempt.paths || attempt.paths.length === 0) return [];
  const more = attempt.changes - attempt.paths.length;
  return [
    el('h4', {}, 'Changed ', el('span', {class: 'dim'}, count(attempt.changes, 'path'))),
    el(
      'ul',
      {class: 'paths'},
      attempt.paths.map((path) => el('li', {}, code(path))),
      more > 0 && el('li', {class: 'dim'}, `and ${number(more)} more`),
    ),
  ];
}

function useOf(attempt) {
  const words = [
    `from ${duration(attempt.start)} to ${attempt.end === undefined ? 'no end on record' : duration(attempt.end)}`,
  ];
  if (attempt.cpu > 0) words.push(`${duration(attempt.cpu)} of CPU`);
  if (attempt.memory) words.push(`${bytes(attempt.memory)} at most`);
  const {agent} = attempt;
  if (agent) {
    words.push([agent.name, agent.model].filter(Boolean).join(', '));
    if (agent.turns !== undefined) words.push(count(agent.turns, 'turn'));
    if (agent.tokens) words.push(agent.tokens);
    if (agent.usd) words.push(agent.usd);
    if (agent.failure) words.push(stateWord(agent.failure));
  }
  return el('p', {class: 'dim'}, words.join(' · '));
}

// Everything of an attempt but its head line.
export function attemptBody(attempt) {
  return [
    attempt.reason && el('p', {}, attempt.reason),
    attempt.summary && el('p', {}, attempt.summary),
    useOf(attempt),
    attempt.programs &&
      el(
        'ul',
        {class: 'programs'},
        attempt.programs.map(([command, how]) => el('li', {}, code(command), ` ${how}`)),
      ),
    (attempt.notes ?? []).map((note) => el('p', {class: 'note'}, note)),
    outputOf(attempt),
    pathsOf(attempt),
  ];
}

function attemptOf(task, attempt) {
  const word = attempt.verdict ?? 'running';
  const took = attempt.end === undefined ? '' : ` after ${duration(attempt.end - attempt.start)}`;
  const isLast = attempt === lastAttempt(task);
  const shown = isLast && attempt.reason === task.reason ? {...attempt, reason: ''} : attempt; // it stands above
  return el(
    'details',
    {class: 'attempt', open: isLast},
    el('summary', {}, el('span', {}, `Attempt ${attempt.number}`), badge(word), el('span', {class: 'dim'}, took)),
    attemptBody(shown),
  );
}

function conflictsOf(task) {
  const own = data.conflicts.filter((conflict) => conflict.loser === task.id || conflict.winner === task.id);
  return own.map((conflict) => {
    const lost = conflict.loser === task.id;
    const other = taskOf(lost ? conflict.winner : conflict.loser);
    return el(
      'div',
      {class: 'clash'},
      el(
        'p',
        {},
        lost ? 'Lost a conflict to ' : 'Won a conflict with ',
        other ? taskLink(other) : code(lost ? conflict.winner : conflict.loser),
        `: ${conflict.decision}`,
      ),
      el(
        'ul',
        {class: 'paths'},
        conflict.paths.map((path) => el('li', {}, code(path))),
      ),
    );
  });
}

// Those of the files that the task changed: what made them is not on record.
function findingsOf(task) {
  const changed = new Set(task.attempts.flatMap((attempt) => attempt.paths ?? []));
  const own = findings.filter((finding) => !finding.mark && changed.has(finding.path)).slice(0, MOST_LINKS);
  return own.length === 0 ? [] : [el('h3', {}, 'New findings in the files it changed'), own.map(findingItem)];
}

export function showTask(task) {
  const panel = byId('panel');
  if (!open) opener = document.activeElement;
  open = task;
  const title = el('h2', {id: 'panel-title', tabindex: '-1'}, task.id);
  panel.replaceChildren(
    el(
      'div',
      {class: 'panel-head'},
      title,
      badge(task.state),
      el(
        'button',
        {type: 'button', class: 'plain close', 'aria-label': 'Close', title: 'Close (Esc)', click: closePanel},
        '×',
      ),
    ),
    el(
      'div',
      {class: 'panel-body'},
      task.title !== task.id && el('p', {class: 'lead'}, task.title),
      task.reason && el('p', {class: `reason ${tone(task.state)}`}, task.reason),
      task.description && el('p', {}, task.description),
      factsOf(task),
      conflictsOf(task),
      task.attempts.length > 0 && el('h3', {}, 'Attempts'),
      [...task.attempts].reverse().map((attempt) => attemptOf(task, attempt)),
      findingsOf(task),
    ),
  );
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add('with-panel');
  for (const row of document.querySelectorAll('tr.open')) row.classList.remove('open');
  title.focus({preventScroll: true});
  dispatchEvent(new CustomEvent('task-shown', {detail: task}));
}

export const isPanelOpen = () => open !== undefined;

export function hidePanel() {
  if (!open) return;
  open = undefined;
  byId('panel').hidden = true;
  document.body.classList.remove('with-panel');
  opener?.focus({preventScroll: true});
  dispatchEvent(new CustomEvent('task-shown', {}));
}

// The address names what is open, so that it can be linked to and gone back from.
export function closePanel() {
  if (location.hash.startsWith('#task=')) history.pushState(null, '', '#tasks');
  hidePanel();
}
