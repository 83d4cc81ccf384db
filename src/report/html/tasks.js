import {byId, el} from './dom.js';
import {agentsOf, lastAttempt, tasks, textOf} from './data.js';
import {Listing} from './listing.js';
import {count, duration, stateWord} from './words.js';
import {badge, taskLink} from './parts.js';
import {tone} from './tone.js';

const STATES = ['failed', 'asking', 'running', 'backing-off', 'ready', 'waiting', 'cancelled', 'skipped', 'done'];

function rowOf(task) {
  const last = lastAttempt(task);
  const why = task.reason || last?.summary || '';
  const changes = task.state === 'done' && last?.changes > 0 ? count(last.changes, 'path') : '';
  return el(
    'tr',
    {'data-task': String(task.place)},
    el(
      'th',
      {scope: 'row'},
      taskLink(task, {className: 'row-link'}),
      task.title !== task.id && el('div', {class: 'dim title'}, task.title),
    ),
    el('td', {}, badge(task.state)),
    el('td', {class: 'dim'}, [task.kind, ...agentsOf(task)].join(' · ')),
    el('td', {class: 'number'}, task.attempts.length > 0 ? String(task.attempts.length) : ''),
    el('td', {class: 'number'}, task.attempts.length > 0 ? duration(task.took) : ''),
    el('td', {class: 'number'}, changes),
    el('td', {class: 'wide why'}, why),
  );
}

export function showTasks() {
  const states = STATES.filter((state) => tasks.some((task) => task.state === state));
  const listing = new Listing({
    caption: 'tasks',
    noun: 'task',
    rows: tasks,
    row: rowOf,
    text: textOf,
    groups: [
      ...states.map((state) => ({label: stateWord(state), tone: tone(state), test: (task) => task.state === state})),
      ...(tasks.some((task) => task.attempts.length > 1)
        ? [{label: 'tried again', tone: 'idle', test: (task) => task.attempts.length > 1}]
        : []),
    ],
    columns: [
      {label: 'Task', by: (task) => task.id.toLowerCase()},
      {label: 'State', by: (task) => STATES.indexOf(task.state)},
      {label: 'Kind', by: (task) => [task.kind, ...agentsOf(task)].join()},
      {label: 'Attempts', className: 'number', by: (task) => task.attempts.length, downFirst: true},
      {label: 'Time', className: 'number', by: (task) => task.took, downFirst: true},
      {
        label: 'Changes',
        className: 'number',
        by: (task) => (task.state === 'done' && lastAttempt(task)?.changes) || 0,
        downFirst: true,
      },
      {label: ''},
    ],
  });
  byId('tasks').append(tasks.length > 0 ? listing.node : el('p', {class: 'dim'}, 'The plan has no tasks.'));
  addEventListener('task-shown', ({detail}) => {
    for (const row of document.querySelectorAll('tr.open')) row.classList.remove('open');
    if (detail) listing.reveal(detail)?.classList.add('open');
  });
  return listing;
}
