import {code, el, fill, meter} from './dom.js';
import {data, lastAttempt, taskOf, tasks} from './data.js';
import {count, duration, number, short} from './words.js';
import {badge, taskLink} from './parts.js';
import {attemptBody} from './panel.js';
import {tone} from './tone.js';

// The sections that hold no drawing, or make sense without theirs.

const MOST_FAILURES = 12; // tasks whose end is shown in full here
const OPEN = 3; // of them, to begin with
const MOST_NAMES = 30; // tasks that one requirement names

const named = (id) => (taskOf(id) ? taskLink(taskOf(id), {withState: true}) : code(id));

export function showFailures() {
  const bad = tasks.filter((task) => task.state === 'failed');
  if (bad.length === 0) return;
  const shown = bad.slice(0, MOST_FAILURES).map((task, place) => {
    const attempt = lastAttempt(task);
    const tries = task.attempts.length > 1 ? ` after ${task.attempts.length} attempts` : '';
    const details = el(
      'details',
      {class: 'failure', open: place < OPEN},
      el('summary', {}, taskLink(task), el('span', {class: 'dim'}, ` ${task.reason || 'failed'}${tries}`)),
      attempt &&
        attemptBody({
          ...attempt,
          reason: attempt.reason === task.reason ? '' : attempt.reason,
          paths: undefined,
          head: attempt.tail ? undefined : attempt.head,
        }),
    );
    // The end of the output says most.
    const showEnd = () => {
      for (const output of details.querySelectorAll('pre')) output.scrollTop = output.scrollHeight;
    };
    details.addEventListener('toggle', showEnd);
    return details;
  });
  fill(
    'wrong',
    shown,
    bad.length > MOST_FAILURES &&
      el('p', {class: 'dim'}, `${count(bad.length - MOST_FAILURES, 'more task')} failed; the table below has them all.`),
  );
}

export function showConflicts() {
  if (data.conflicts.length === 0) return;
  const rows = data.conflicts.map((conflict) =>
    el(
      'tr',
      {},
      el('td', {}, named(conflict.loser)),
      el('td', {}, named(conflict.winner)),
      el(
        'td',
        {},
        el(
          'ul',
          {class: 'paths'},
          conflict.paths.map((path) => el('li', {}, code(path))),
          conflict.more > 0 && el('li', {class: 'dim'}, `and ${number(conflict.more)} more`),
        ),
      ),
      el('td', {}, conflict.decision),
    ),
  );
  fill(
    'conflicts',
    el(
      'div',
      {class: 'scroll'},
      el(
        'table',
        {},
        el('caption', {class: 'hidden'}, 'Conflicts'),
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            ['Lost', 'Won', 'Paths', 'Decision'].map((label) => el('th', {scope: 'col'}, label)),
          ),
        ),
        el('tbody', {}, rows),
      ),
    ),
  );
}

export function showRequirements() {
  if (data.requirements.length === 0) return;
  const rows = data.requirements.map((requirement) =>
    el(
      'tr',
      {},
      el('th', {scope: 'row'}, requirement.id),
      el('td', {class: 'wide'}, requirement.text),
      el('td', {}, badge(requirement.state)),
      el('td', {class: 'number'}, meter(requirement.percent / 100, tone(requirement.state)), ` ${requirement.percent} %`),
      el(
        'td',
        {},
        el(
          'ul',
          {class: 'inline'},
          requirement.tasks.slice(0, MOST_NAMES).map((id) => el('li', {}, named(id))),
          requirement.tasks.length > MOST_NAMES &&
            el('li', {class: 'dim'}, `and ${number(requirement.tasks.length - MOST_NAMES)} more`),
        ),
      ),
    ),
  );
  fill(
    'requirements',
    el(
      'div',
      {class: 'scroll'},
      el(
        'table',
        {},
        el('caption', {class: 'hidden'}, 'Requirements'),
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            ['Id', 'Requirement', 'State', 'Done', 'Tasks'].map((label) => el('th', {scope: 'col'}, label)),
          ),
        ),
        el('tbody', {}, rows),
      ),
    ),
  );
}

const TOKENS = [
  ['input', 'read'],
  ['cached', 'read from a cache'],
  ['cache_writes', 'put into a cache'],
  ['output', 'written'],
];

// One bar of all tokens of an agent, against the agent that used most.
function tokenBar(agent, most) {
  const bar = el('span', {
    class: 'stack',
    role: 'img',
    'aria-label': TOKENS.map(([key, word]) => `${number(agent[key])} ${word}`).join(', '),
  });
  for (const [key, word] of TOKENS) {
    const part = el('i', {class: key, title: `${number(agent[key])} ${word}`});
    part.style.width = `${most > 0 ? (agent[key] / most) * 100 : 0}%`;
    bar.append(part);
  }
  return bar;
}

export function showAgents() {
  if (data.agents.length === 0) return;
  const sum = (agent) => TOKENS.reduce((all, [key]) => all + agent[key], 0);
  const most = Math.max(...data.agents.map(sum));
  const dearest = Math.max(...data.agents.map((agent) => agent.usd));
  const rows = data.agents.map((agent) =>
    el(
      'tr',
      {},
      el('th', {scope: 'row'}, agent.name, el('div', {class: 'dim'}, agent.models.join(', '))),
      el('td', {class: 'number'}, number(agent.attempts)),
      el('td', {class: 'number'}, number(agent.done)),
      el('td', {class: 'number'}, duration(agent.wall)),
      el(
        'td',
        {class: 'wide'},
        tokenBar(agent, most),
        el(
          'div',
          {class: 'dim', title: agent.tokens_text},
          agent.tokens_text && `${short(sum(agent) - agent.output)} read, ${short(agent.output)} written`,
        ),
      ),
      el('td', {class: 'number'}, agent.usd_text, meter(dearest > 0 ? agent.usd / dearest : 0, 'busy')),
    ),
  );
  fill(
    'agents',
    el(
      'p',
      {class: 'legend'},
      TOKENS.map(([key, word]) => el('span', {}, el('i', {class: `swatch ${key}`}), word)),
    ),
    el(
      'div',
      {class: 'scroll'},
      el(
        'table',
        {},
        el('caption', {class: 'hidden'}, 'Agents'),
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            [
              ['Agent', ''],
              ['Attempts', 'number'],
              ['Done', 'number'],
              ['Time', 'number'],
              ['Tokens', ''],
              ['Cost', 'number'],
            ].map(([label, className]) => el('th', {scope: 'col', class: className}, label)),
          ),
        ),
        el('tbody', {}, rows),
      ),
    ),
  );
}

export function showContents() {
  const counts = {
    tasks: data.tasks.length,
    findings: data.findings?.list.length,
    conflicts: data.conflicts.length,
    agents: data.agents.length,
    requirements: data.requirements.length,
  };
  const links = [...document.querySelectorAll('main > section[id]')]
    .filter((section) => !section.hidden && section.id !== 'verdict')
    .map((section) =>
      el(
        'li',
        {},
        el(
          'a',
          {href: `#${section.id}`},
          section.querySelector('h2').textContent,
          counts[section.id] > 0 && [' ', el('small', {}, number(counts[section.id]))],
        ),
      ),
    );
  document.getElementById('contents').append(el('ul', {}, links));
}
