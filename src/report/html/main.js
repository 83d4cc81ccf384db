import {byId, later, whenNear} from './dom.js';
import {data, tasks, taskOf, wordsOf} from './data.js';
import {showFindings} from './findings.js';
import {showHead} from './head.js';
import {startKeys} from './keys.js';
import {hidePanel, showTask} from './panel.js';
import {addressOf} from './parts.js';
import {showAgents, showConflicts, showContents, showFailures, showRequirements} from './sections.js';
import {showTasks} from './tasks.js';
import {isDark, onTheme, startTheme} from './theme.js';

// The page: words and tables at once, drawings when the reader comes near them.

startTheme();
showHead();
showFailures();
const listings = [showTasks(), showFindings()].filter(Boolean);
showAgents();
showConflicts();
showRequirements();

const openTask = (task) => {
  location.hash = addressOf(task);
};

const hasRun = tasks.some((task) => task.attempts.length > 0);
const drawings = [
  ['timeline', hasRun],
  ['graph', tasks.length > 1],
  ['durations', tasks.filter((task) => task.took > 0).length > 1],
  ['earlier', data.runs.length > 1],
  ['radar', byId('radar') !== null],
];

// The script of the drawings, which is most of the page, runs when the first of them is due. It is a script by its text
// alone, whose hash the policy of the page names.
let loaded = false;
function draw(name) {
  if (!loaded) {
    loaded = true;
    const script = document.createElement('script');
    script.textContent = byId('drawings').textContent;
    document.body.append(script);
  }
  globalThis.fleetDrawings[name](byId(name), {data, openTask, isDark, onTheme});
}
const undrawn = new Set();
function drawOnce(name) {
  if (undrawn.delete(name)) draw(name);
}
for (const [name, isThere] of drawings) {
  if (!isThere) continue;
  byId(name).hidden = false;
  undrawn.add(name);
}
showContents();
later(() => {
  for (const name of [...undrawn]) whenNear(byId(name), () => drawOnce(name));
});
// On paper everything stands.
addEventListener('beforeprint', () => {
  for (const name of [...undrawn]) drawOnce(name);
});

const search = byId('search');
let due;
search.addEventListener('input', () => {
  clearTimeout(due);
  due = setTimeout(() => {
    const query = wordsOf(search.value);
    for (const listing of listings) listing.search(query);
    dispatchEvent(new CustomEvent('searched', {detail: query.length > 0 ? new Set(listings[0].found) : null}));
  }, 80);
});

function follow() {
  const [, word] = /^#task=(.+)$/.exec(location.hash) ?? [];
  const task = word && (tasks[Number(word)] ?? taskOf(word)); // by its place, or written by hand: by its id
  if (task) showTask(task);
  else hidePanel();
}
addEventListener('hashchange', follow);
addEventListener('click', (event) => {
  // A link to the task that is open already changes no address.
  if (event.target.closest?.('a.task')?.hash === location.hash) follow();
});
startKeys();
follow();
