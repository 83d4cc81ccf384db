import dagre from '@dagrejs/dagre';

// Where the tasks of a graph stand. Few: as boxes with their names, ordered so that few edges cross. Many: as small squares,
// a block a level, since nobody could follow thousands of edges; those of one task are drawn when it is pointed at.

const MOST_BOXES = 160;
const MOST_EDGES = 700;
const LETTER = 6.7; // pixels, on average
const LONGEST = 26; // letters of a name that are shown
const SQUARE = 13;
const STEP = 16;
const BLOCK_GAP = 30;

export const isSmall = (tasks) =>
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

// Levels from left to right, each as many columns wide as keeps the whole about as wide as the page; in a level the tasks
// stand by what they need, so that neighbours belong together.
function squares(tasks, pageWidth) {
  const levels = [];
  for (const task of tasks) (levels[task.level] ??= []).push(task);
  const used = levels.filter(Boolean);
  const room = Math.max(pageWidth - used.length * BLOCK_GAP, STEP * used.length);
  let rows = Math.ceil(Math.sqrt(tasks.length) / 2);
  const columnsAt = (most) => used.reduce((sum, level) => sum + Math.ceil(level.length / most), 0);
  while (columnsAt(rows) * STEP > room && columnsAt(rows) > used.length) rows = Math.ceil(rows * 1.15);
  const place = new Array(tasks.length);
  const labels = [];
  let left = 6;
  let bottom = 0;
  for (const level of used) {
    const middle = (task) =>
      task.needs.length === 0
        ? task.place
        : task.needs.reduce((sum, need) => sum + (place[need]?.rank ?? 0), 0) / task.needs.length;
    const sorted = level
      .map((task) => [middle(task), task])
      .sort((a, b) => a[0] - b[0] || a[1].place - b[1].place)
      .map(([, task]) => task);
    for (const [at, task] of sorted.entries()) {
      place[task.place] = {
        task,
        rank: at,
        x: left + Math.floor(at / rows) * STEP,
        y: 22 + (at % rows) * STEP,
        width: SQUARE,
        height: SQUARE,
      };
      bottom = Math.max(bottom, place[task.place].y + STEP);
    }
    labels.push({x: left, y: 12, text: String(level.length)});
    left += Math.ceil(sorted.length / rows) * STEP + BLOCK_GAP;
  }
  return {nodes: place, edges: null, width: left - BLOCK_GAP + 6, height: bottom + 6, labels};
}

export const layOut = (tasks, pageWidth) => (isSmall(tasks) ? boxes(tasks) : squares(tasks, pageWidth));
