import {code, el, fill} from './dom.js';
import {data, findings, ruleOf, textOfFinding} from './data.js';
import {Listing} from './listing.js';
import {badge, findingBody, placeOf} from './parts.js';
import {tone} from './tone.js';

const SEVERITIES = ['error', 'warning', 'note'];

function rowOf(finding) {
  const rule = ruleOf(finding);
  const where = placeOf(finding);
  return el(
    'tr',
    {},
    el('td', {}, badge(finding.severity)),
    el(
      'td',
      {class: 'wide'},
      el(
        'details',
        {class: 'finding'},
        el(
          'summary',
          {class: 'row-link'},
          finding.message ?? rule.message,
          finding.mark && el('span', {class: 'dim'}, ` (${finding.mark})`),
        ),
        findingBody(finding),
      ),
    ),
    el('td', {}, code(where, 'place')),
    el('td', {class: 'dim'}, rule.id),
  );
}

export function showFindings() {
  if (!data.findings) return null;
  const {text, notes, duplication, scores} = data.findings;
  const listing =
    findings.length === 0
      ? null
      : new Listing({
          caption: 'findings',
          noun: 'finding',
          rows: findings,
          row: rowOf,
          text: textOfFinding,
          groups: [
            ...SEVERITIES.map((severity) => ({
              label: severity,
              tone: tone(severity),
              test: (finding) => !finding.mark && finding.severity === severity,
            })),
            {label: 'does not count', tone: 'idle', test: (finding) => Boolean(finding.mark)},
          ].filter((group) => findings.some(group.test)),
          columns: [
            {label: 'Severity', by: (finding) => (finding.mark ? 10 : 0) + SEVERITIES.indexOf(finding.severity)},
            {label: 'Finding', by: (finding) => finding.message ?? ruleOf(finding).message},
            {label: 'Place', by: (finding) => `${finding.path ?? ''}\u0000${String(finding.line ?? 0).padStart(8, '0')}`},
            {label: 'Rule', by: (finding) => ruleOf(finding).id},
          ],
        });
  fill(
    'findings',
    el(
      'p',
      {},
      `${text}${duplication === undefined ? '' : `; ${duplication.toFixed(1)} % of the lines stand in several places`}.`,
    ),
    scores &&
      el(
        'div',
        {class: 'scores'},
        el('div', {class: 'chart radar', id: 'radar'}),
        el(
          'dl',
          {class: 'figures'},
          Object.entries(scores).map(([name, value]) =>
            el('div', {class: 'figure'}, el('dt', {}, name), el('dd', {}, value.toFixed(1))),
          ),
        ),
      ),
    notes.length > 0 &&
      el(
        'details',
        {class: 'notes'},
        el('summary', {}, 'What was not looked at'),
        el(
          'ul',
          {},
          notes.map((note) => el('li', {}, note)),
        ),
      ),
    listing?.node,
  );
  return listing;
}
