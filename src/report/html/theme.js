import {byId} from './dom.js';

// Light or dark, as the system has it until somebody says otherwise; what they said is kept where the browser lets a
// file keep anything.

const KEY = 'fleet-report-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const redraw = [];

const kept = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
};

export const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';

function show() {
  byId('theme').textContent = isDark() ? 'Light' : 'Dark';
  byId('theme').title = `Show the page ${isDark() ? 'light' : 'dark'} (t)`;
  for (const draw of redraw) draw();
}

export function switchTheme() {
  const next = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // It is forgotten with the page.
  }
  show();
}

// For what is drawn on a canvas, which no style sheet reaches.
export const onTheme = (draw) => redraw.push(draw);

export function startTheme() {
  const word = kept();
  if (word === 'light' || word === 'dark') document.documentElement.dataset.theme = word;
  byId('theme').addEventListener('click', switchTheme);
  dark.addEventListener('change', show);
  // Paper is white.
  let before;
  addEventListener('beforeprint', () => {
    before = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = 'light';
    document.documentElement.dataset.print = '';
    show();
  });
  addEventListener('afterprint', () => {
    delete document.documentElement.dataset.print;
    if (before === undefined) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = before;
    show();
  });
  show();
}
