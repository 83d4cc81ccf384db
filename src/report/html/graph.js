import {tone} from './tone.js';
import {el, svg} from './dom.js';
import {layOut, nameOf} from './graph_layout.js';
import {count, duration, number, stateWord} from './words.js';

// The graph of tasks with their states: one stop of the Tab key, walked with the arrow keys.

const MOST_DRAWN = 400; // edges of one task

const curve = (points) => {
  const [first, ...rest] = points;
  let path = `M${first.x},${first.y}`;
  for (let at = 0; at + 1 < rest.length; ++at) {
    const middle = {x: (rest[at].x + rest[at + 1].x) / 2, y: (rest[at].y + rest[at + 1].y) / 2};
    path += ` Q${rest[at].x},${rest[at].y} ${middle.x},${middle.y}`;
  }
  const last = rest[rest.length - 1];
  return `${path} L${last.x},${last.y}`;
};

function link(from, to) {
  const start = {x: from.x + from.width, y: from.y + from.height / 2};
  const end = {x: to.x, y: to.y + to.height / 2};
  const bend = Math.max(18, (end.x - start.x) / 2);
  return `M${start.x},${start.y} C${start.x + bend},${start.y} ${end.x - bend},${end.y} ${end.x},${end.y}`;
}

// All that a task stands on, and all that stands on it.
function relatives(tasks, task) {
  const found = new Set([task.place]);
  for (const way of ['needs', 'neededBy']) {
    const open = [task.place];
    const seen = new Set(open);
    while (open.length > 0) {
      for (const next of tasks[open.pop()][way]) {
        if (seen.has(next)) continue;
        seen.add(next);
        found.add(next);
        open.push(next);
      }
    }
  }
  return found;
}

const describe = (task) =>
  `${task.id}: ${stateWord(task.state)}${task.took > 0 ? `, ${duration(task.took)}` : ''}${task.critical ? ', on the longest chain' : ''}`;

function shapeOf({task, x, y, width, height}, small) {
  return svg(
    'g',
    {
      class: `node ${tone(task.state)}${task.critical ? ' critical' : ''}`,
      'data-place': String(task.place),
      role: 'link',
      tabindex: '-1',
      'aria-label': describe(task),
      transform: `translate(${x},${y})`,
    },
    svg('rect', {width, height, rx: small ? 5 : 2}),
    small && svg('circle', {cx: 13, cy: height / 2, r: 4}),
    small && svg('text', {x: 23, y: height / 2 + 4}, nameOf(task)),
  );
}

const lineOf = ({from, to, points}) => svg('path', {d: curve(points), 'data-from': String(from), 'data-to': String(to)});

function legendOf(tasks, small) {
  const states = [...new Set(tasks.map((task) => task.state))];
  const how = small
    ? 'What a task needs is to its left. A thick border: the longest chain of the plan.'
    : 'One square a task, one block a level: what a task needs is in blocks before its own. Point at a task for its own edges.';
  return el(
    'p',
    {class: 'legend'},
    states.map((state) => el('span', {}, el('i', {class: `swatch ${tone(state)}`}), stateWord(state))),
    el('span', {class: 'dim'}, how),
  );
}

// What the arrow keys lead to: along the edges, and up and down in a level as it is drawn.
function nextOf(key, task, nodes) {
  if (key === 'ArrowLeft') return task.needs[0];
  if (key === 'ArrowRight') return task.neededBy[0];
  const step = {ArrowUp: -1, ArrowDown: 1}[key];
  if (step === undefined) return undefined;
  const level = nodes.filter((node) => node.task.level === task.level).sort((a, b) => a.x - b.x || a.y - b.y);
  return level[level.findIndex((node) => node.task === task) + step]?.task.place;
}

export function graph(section, {data, openTask}) {
  const {tasks} = data;
  const {nodes, edges, width, height, labels} = layOut(tasks, (section.clientWidth || 960) - 4);
  const small = edges !== null;
  const lines = svg('g', {class: 'edges'}, (edges ?? []).map(lineOf));
  const shapes = nodes.map((node) => shapeOf(node, small));
  const drawing = svg(
    'svg',
    {
      class: `graph ${small ? 'boxes' : 'squares'}`,
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'group',
      'aria-label': `Graph of ${count(tasks.length, 'task')}`,
    },
    labels.map((label) => svg('text', {class: 'level', x: label.x, y: label.y}, label.text)),
    lines,
    shapes,
  );
  const caption = el('p', {class: 'status', role: 'status'}, '\u00a0');
  section.append(legendOf(tasks, small), caption, el('div', {class: 'scroll'}, drawing));

  let current = 0;
  const focusOn = (place) => {
    shapes[current].setAttribute('tabindex', '-1');
    current = place;
    shapes[place].setAttribute('tabindex', '0');
  };
  focusOn(0);

  const point = (place) => {
    const task = tasks[place];
    const near = relatives(tasks, task);
    drawing.classList.add('pointed');
    for (const [at, shape] of shapes.entries()) {
      shape.classList.toggle('near', near.has(at));
      shape.classList.toggle('self', at === place);
    }
    caption.textContent = `${describe(task)} · needs ${number(task.needs.length)}, needed by ${number(task.neededBy.length)}`;
    if (edges) {
      for (const line of lines.children) {
        const {from, to} = line.dataset;
        line.classList.toggle('near', near.has(Number(from)) && near.has(Number(to)));
      }
      return;
    }
    const own = [...task.needs.map((need) => [need, place]), ...task.neededBy.map((other) => [place, other])];
    lines.replaceChildren(
      ...own.slice(0, MOST_DRAWN).map(([from, to]) => svg('path', {class: 'near', d: link(nodes[from], nodes[to])})),
    );
  };
  const clear = () => {
    drawing.classList.remove('pointed');
    if (!edges) lines.replaceChildren();
    caption.textContent = '\u00a0';
  };

  const onTask = (event, what) => {
    const node = event.target.closest('.node');
    if (node) what(Number(node.dataset.place));
  };
  drawing.addEventListener('pointerover', (event) => onTask(event, point));
  drawing.addEventListener('pointerleave', clear);
  drawing.addEventListener('focusin', (event) =>
    onTask(event, (place) => {
      focusOn(place);
      point(place);
    }),
  );
  drawing.addEventListener('focusout', clear);
  drawing.addEventListener('click', (event) => onTask(event, (place) => openTask(tasks[place])));
  drawing.addEventListener('keydown', (event) => {
    const next = nextOf(event.key, tasks[current], nodes);
    if (event.key === 'Enter' || event.key === ' ') openTask(tasks[current]);
    else if (next === undefined) return;
    else shapes[next].focus();
    event.preventDefault();
  });
  addEventListener('searched', ({detail}) => {
    drawing.classList.toggle('searched', detail !== null);
    for (const [at, shape] of shapes.entries()) shape.classList.toggle('found', detail !== null && detail.has(tasks[at]));
  });
}
