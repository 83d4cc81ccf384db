import {byId, el} from './dom.js';
import {tasks} from './data.js';
import {addressOf} from './parts.js';
import {closePanel, isPanelOpen} from './panel.js';
import {switchTheme} from './theme.js';

// Everything can be reached with the keyboard alone; these keys are short cuts.

const KEYS = [
  ['/', 'search'],
  ['j or ↓, k or ↑', 'the next row, the one before'],
  ['Enter', 'open the row'],
  ['Esc', 'close what is open, empty the search'],
  ['f', 'the next failed task'],
  ['t', 'light or dark'],
  ['←, →, ↑, ↓ in the graph', 'what a task needs, what needs it, its neighbours'],
  ['?', 'these keys'],
];

function move(step) {
  const rows = [...document.querySelectorAll('.row-link')];
  const at = rows.indexOf(document.activeElement.closest('tr')?.querySelector('.row-link'));
  const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))];
  if (!next) return;
  next.focus({preventScroll: true});
  next.scrollIntoView({block: 'nearest'});
}

function nextFailed() {
  const failed = tasks.filter((task) => task.state === 'failed');
  if (failed.length === 0) return;
  const at = failed.findIndex((task) => addressOf(task) === location.hash);
  location.hash = addressOf(failed[(at + 1) % failed.length]);
}

function showKeys() {
  const dialog = byId('keys');
  if (!dialog.firstChild) {
    dialog.append(
      el('h2', {id: 'keys-title'}, 'Keys'),
      el(
        'dl',
        {},
        KEYS.map(([key, what]) => el('div', {}, el('dt', {}, el('kbd', {}, key)), el('dd', {}, what))),
      ),
      el('form', {method: 'dialog'}, el('button', {class: 'plain'}, 'Close')),
    );
  }
  dialog.showModal();
}

function escape(search) {
  if (isPanelOpen()) return closePanel();
  if (search.value !== '') {
    search.value = '';
    search.dispatchEvent(new Event('input'));
  }
  return search.blur();
}

export function startKeys() {
  const search = byId('search');
  byId('help').addEventListener('click', showKeys);
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId('keys').open) return;
    if (event.key === 'Escape') return escape(search);
    if (event.target.closest('input, textarea, select')) {
      if (event.target === search && (event.key === 'ArrowDown' || event.key === 'Enter')) {
        event.preventDefault();
        move(0);
      }
      return;
    }
    const inGraph = event.target.closest('svg.graph') !== null;
    const scrolls = event.target.closest('pre, aside') !== null;
    const actions = {
      '/': () => search.select(),
      f: nextFailed,
      t: switchTheme,
      '?': showKeys,
      j: () => move(1),
      k: () => move(-1),
      ...(event.target.closest('.listing') && !inGraph && !scrolls
        ? {ArrowDown: () => move(1), ArrowUp: () => move(-1)}
        : {}),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}
