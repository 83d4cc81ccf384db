import {tone} from './tone.js';
import {el, svg} from './dom.js';
import {isSmall, layOut, nameOf} from './graph_layout.js';
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

const describe = (task) => `${task.id}: ${stateWord(task.state)}${task.took > 0 ? `, ${duration(task.took)}` : ''}${task.critical ? ', on the longest chain' : ''}`;

export function graph(section, {data, openTask}) {
  const {tasks} = data;
  const small = isSmall(tasks);
  const {nodes, edges, width, height, labels} = layOut(tasks, section.clientWidth || 960);
  const lines = svg('g', {class: 'edges'});
  const shapes = nodes.map((node) => svg('g', {class: `node ${tone(node.task.state)}${node.task.critical ? ' critical' : ''}`, 'data-place': String(node.task.place),
    role: 'link', tabindex: '-1', 'aria-label': describe(node.task), transform: `translate(${node.x},${node.y})`},
  svg('rect', {width: node.width, height: node.height, rx: small ? 5 : 2}),
  small && svg('circle', {cx: 13, cy: node.height / 2, r: 4}),
  small && svg('text', {x: 23, y: node.height / 2 + 4}, nameOf(node.task))));
  const drawing = svg('svg', {class: `graph ${small ? 'boxes' : 'squares'}`, width, height, viewBox: `0 0 ${width} ${height}`, role: 'group',
    'aria-label': `Graph of ${count(tasks.length, 'task')}`},
  labels.map((label) => svg('text', {class: 'level', x: label.x, y: label.y}, label.text)), lines, shapes);
  if (edges) lines.append(...edges.map((edge) => svg('path', {d: curve(edge.points), 'data-from': String(edge.from), 'data-to': String(edge.to)})));
  const caption = el('p', {class: 'status', role: 'status'}, '\u00a0');
  const states = [...new Set(tasks.map((task) => task.state))];
  section.append(el('p', {class: 'legend'}, states.map((state) => el('span', {}, el('i', {class: `swatch ${tone(state)}`}), stateWord(state))),
    el('span', {class: 'dim'}, small ? 'What a task needs is to its left. A thick border: the longest chain of the plan.'
      : 'One square a task, one block a level: what a task needs is in blocks to its left. Point at a task for its own edges.')),
  caption, el('div', {class: 'scroll'}, drawing));

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
      for (const line of lines.children) line.classList.toggle('near', near.has(Number(line.dataset.from)) && near.has(Number(line.dataset.to)));
      return;
    }
    const own = [...task.needs.map((need) => [need, place]), ...task.neededBy.map((other) => [place, other])].slice(0, MOST_DRAWN);
    lines.replaceChildren(...own.map(([from, to]) => svg('path', {class: 'near', d: link(nodes[from], nodes[to])})));
  };
  const clear = () => {
    drawing.classList.remove('pointed');
    if (!edges) lines.replaceChildren();
    caption.textContent = '\u00a0';
  };
  const placeOf = (event) => Number(event.target.closest('.node')?.dataset.place ?? -1);

  drawing.addEventListener('pointerover', (event) => {
    if (placeOf(event) >= 0) point(placeOf(event));
  });
  drawing.addEventListener('pointerleave', clear);
  drawing.addEventListener('focusin', (event) => {
    if (placeOf(event) < 0) return;
    focusOn(placeOf(event));
    point(current);
  });
  drawing.addEventListener('focusout', clear);
  drawing.addEventListener('click', (event) => {
    if (placeOf(event) >= 0) openTask(tasks[placeOf(event)]);
  });
  drawing.addEventListener('keydown', (event) => {
    const task = tasks[current];
    // Level neighbours as they stand in the drawing.
    const column = nodes.filter((node) => node.task.level === task.level).sort((a, b) => a.x - b.x || a.y - b.y).map((node) => node.task.place);
    const at = column.indexOf(current);
    const next = {ArrowLeft: task.needs[0], ArrowRight: task.neededBy[0], ArrowUp: column[at - 1], ArrowDown: column[at + 1]}[event.key];
    if (event.key === 'Enter' || event.key === ' ') openTask(task);
    else if (next === undefined) return;
    event.preventDefault();
    if (next !== undefined) shapes[next].focus();
  });
  addEventListener('searched', ({detail}) => {
    drawing.classList.toggle('searched', detail !== null);
    for (const [at, shape] of shapes.entries()) shape.classList.toggle('found', detail !== null && detail.has(tasks[at]));
  });
}
