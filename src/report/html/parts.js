import {code, el} from './dom.js';
import {ruleOf} from './data.js';
import {stateWord} from './words.js';
import {tone} from './tone.js';

// What several parts of the page are made of.

export const badge = (word) => el('span', {class: `badge ${tone(word)}`}, stateWord(word));

export const addressOf = (task) => `#task=${task.place}`;

export function taskLink(task, {withState = false, name = task.id, className = ''} = {}) {
  const mark = withState && el('i', {class: `dot ${tone(task.state)}`, title: stateWord(task.state)});
  return el('a', {href: addressOf(task), class: `task ${className}`}, mark, name);
}

export function placeOf(finding) {
  if (!finding.path) return '';
  return finding.line ? `${finding.path}:${finding.line}` : finding.path;
}

function stepOf(step) {
  return el('li', {}, code(`${step.path}:${step.line}`), step.what && ` ${step.what}`);
}

// Everything of one finding but its place in the list.
export function findingBody(finding) {
  const rule = ruleOf(finding);
  const about = [
    rule.id,
    rule.tool !== 'fleet' && rule.tool,
    `${finding.confidence} confidence`,
    ...(rule.cwe ?? []),
    rule.owasp,
  ];
  return [
    finding.excerpt &&
      el('pre', {class: 'excerpt'}, el('span', {class: 'line'}, finding.line ? String(finding.line) : ''), finding.excerpt),
    finding.flow && el('ol', {class: 'flow'}, finding.flow.map(stepOf)),
    rule.why && el('p', {}, rule.why),
    rule.fix && el('p', {}, el('b', {}, 'Instead: '), rule.fix),
    el('p', {class: 'dim'}, about.filter(Boolean).join(' · '), finding.symbol && ` · in ${finding.symbol}`),
  ];
}

export function findingItem(finding) {
  return el(
    'details',
    {class: 'finding'},
    el(
      'summary',
      {},
      badge(finding.severity),
      el('span', {}, finding.message ?? ruleOf(finding).message),
      code(placeOf(finding), 'dim'),
    ),
    findingBody(finding),
  );
}
