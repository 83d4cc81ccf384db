import dagre from '@dagrejs/dagre';

// Where the tasks of a graph stand. Few: as boxes with their names, ordered so that few edges cross. Many: as small squares,
// a block a level, since nobody could follow thousands of edges; those of one task are drawn when it is pointed at.

const MOST_BOXES = 160;
const MOST_EDGES = 700;
const LETTER = 6.7; // pixels, on average
const LONGEST = 26; // letters of a name that are shown
const SQUARE = 13;
const STEP = 16;
const EDGE = 6;
const BLOCK_GAP = 30;
const LINE_GAP = 26;
const WIDEST = 6000; // pixels of a drawing with names

const canHaveNames = (tasks) =>
  tasks.length <= MOST_BOXES && tasks.reduce((sum, task) => sum + task.needs.length, 0) <= MOST_EDGES;

export const nameOf = (task) => (task.id.length > LONGEST ? `${task.id.slice(0, LONGEST - 1)}…` : task.id);

function boxes(tasks) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({rankdir: 'LR', nodesep: 8, ranksep: 46, marginx: 6, marginy: 6});
  graph.setDefaultEdgeLabel(() => ({}));
  for (const task of tasks) graph.setNode(String(task.place), {width: nameOf(task).length * LETTER + 32, height: 26});
  for (const task of tasks) for (const need of task.needs) graph.setEdge(String(need), String(task.place));
  dagre.layout(graph);
  const nodes = tasks.map((task) => {
    const {x, y, width, height} = graph.node(String(task.place));
    return {task, x: x - width / 2, y: y - height / 2, width, height};
  });
  const edges = graph.edges().map((edge) => ({from: Number(edge.v), to: Number(edge.w), points: graph.edge(edge).points}));
  const {width, height} = graph.graph();
  return {nodes, edges, width, height, labels: []};
}

// Where each task of a level stands in it: by what it needs, so that neighbours belong together.
function sorted(level, ranks) {
  const middle = ({needs, place}) =>
    needs.length === 0 ? place : needs.reduce((sum, need) => sum + (ranks[need] ?? 0), 0) / needs.length;
  return level
    .map((task) => [middle(task), task])
    .sort((a, b) => a[0] - b[0] || a[1].place - b[1].place)
    .map(([, task]) => task);
}

// Levels from left to right and on in the next line, each as many columns wide as lets all stand in one line, if they can.
function squares(tasks, pageWidth) {
  const byLevel = [];
  for (const task of tasks) (byLevel[task.level] ??= []).push(task);
  const levels = byLevel.filter(Boolean);
  const gap = levels.length * (STEP + BLOCK_GAP) > pageWidth ? STEP : BLOCK_GAP;
  const columnsOf = (level, rows) => Math.ceil(level.length / rows);
  const room = pageWidth - levels.length * gap;
  let rows = Math.ceil(Math.sqrt(tasks.length) / 2);
  const columns = () => levels.reduce((sum, level) => sum + columnsOf(level, rows), 0);
  while (columns() * STEP > room && columns() > levels.length) rows = Math.ceil(rows * 1.15);

  const nodes = new Array(tasks.length);
  const labels = [];
  const ranks = [];
  let [left, top, bottom, width] = [EDGE, LINE_GAP, 0, 0];
  for (const level of levels) {
    const wide = columnsOf(level, rows) * STEP;
    if (left > EDGE && left + wide > pageWidth) [left, top] = [EDGE, bottom + LINE_GAP];
    for (const [at, task] of sorted(level, ranks).entries()) {
      ranks[task.place] = at;
      const [x, y] = [left + Math.floor(at / rows) * STEP, top + (at % rows) * STEP];
      nodes[task.place] = {task, x, y, width: SQUARE, height: SQUARE};
      bottom = Math.max(bottom, y + STEP);
    }
    if (level.length > 1) labels.push({x: left, y: top - 8, text: String(level.length)});
    width = Math.max(width, left + wide);
    left += wide + gap;
  }
  return {nodes, edges: null, width: width + EDGE, height: bottom + EDGE, labels};
}

// Without `edges` it is one of squares.
export function layOut(tasks, pageWidth) {
  const drawn = canHaveNames(tasks) ? boxes(tasks) : undefined;
  return drawn && drawn.width <= WIDEST ? drawn : squares(tasks, pageWidth);
}
