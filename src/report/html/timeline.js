import {graphic} from 'echarts/core';
import {chart, fitText, tooltip} from './chart.js';
import {tone} from './tone.js';
import {el} from './dom.js';
import {count, duration, stateWord, ticks} from './words.js';

// Who worked when: each attempt in the first lane that is free when it begins, so that there are as many lanes as
// attempts ran at once.

const TALLEST = 460; // pixels
const LANE = 22;

function lanesOf(data) {
  const bars = data.tasks.flatMap((task) =>
    task.attempts.map((attempt) => ({
      task,
      attempt,
      start: attempt.start,
      end: Math.max(attempt.start, attempt.end ?? data.wall),
    })),
  );
  bars.sort((a, b) => a.start - b.start || a.end - b.end);
  const freeFrom = [];
  for (const bar of bars) {
    let lane = freeFrom.findIndex((time) => time <= bar.start);
    if (lane < 0) lane = freeFrom.length;
    freeFrom[lane] = bar.end;
    bar.lane = lane;
  }
  return {bars, lanes: freeFrom.length};
}

const wordOf = (attempt) => attempt.verdict ?? 'running';

function describe({task, attempt, start, end}) {
  const model = attempt.agent ? `\n${[attempt.agent.name, attempt.agent.model].filter(Boolean).join(', ')}` : '';
  return `${task.id}, attempt ${attempt.number}: ${stateWord(wordOf(attempt))}\n${duration(end - start)}, from ${duration(start)}${model}`;
}

function legend(bars) {
  const words = {};
  for (const word of new Set(bars.map((bar) => wordOf(bar.attempt)))) (words[tone(word)] ??= []).push(stateWord(word));
  return el(
    'p',
    {class: 'legend'},
    Object.entries(words).map(([name, of]) => el('span', {}, el('i', {class: `swatch ${name}`}), of.join(', '))),
    el('span', {class: 'dim'}, 'A lane is a worker: one attempt at a time.'),
    el('span', {class: 'dim screen'}, 'Ctrl and the wheel zoom.'),
  );
}

export function timeline(section, {data, openTask, onTheme}) {
  const {bars, lanes} = lanesOf(data);
  const height = Math.min(TALLEST, Math.max(3, lanes) * LANE) + 74;
  section.append(legend(bars));
  const draw = (colour) => (parameters, api) => {
    const bar = bars[parameters.dataIndex];
    const [x, y] = api.coord([bar.start, bar.lane]);
    const [end] = api.coord([bar.end, bar.lane]);
    const thick = Math.max(2, Math.min(LANE - 4, api.size([0, 1])[1] - 2));
    const area = parameters.coordSys;
    const shape = graphic.clipRectByRect({x, y: y - thick / 2, width: Math.max(1.5, end - x), height: thick}, area);
    if (!shape) return undefined;
    const wide = shape.width > 34 && thick >= 12;
    return {
      type: 'rect',
      shape: {...shape, r: Math.min(3, thick / 4)},
      style: {fill: colour[tone(wordOf(bar.attempt))], stroke: colour.surface, lineWidth: shape.width > 4 ? 1 : 0},
      ...(wide && {
        textContent: {style: {text: fitText(bar.task.id, shape.width - 8), fill: colour.surface, fontSize: 11}},
        textConfig: {position: 'insideLeft', distance: 5},
      }),
      emphasis: {style: {stroke: colour.text, lineWidth: 1.5}},
    };
  };
  const options = (colour) => ({
    grid: {left: 8, right: 12, top: 26, bottom: 44},
    tooltip: {...tooltip(colour), formatter: ({dataIndex}) => describe(bars[dataIndex])},
    xAxis: {
      type: 'value',
      min: 0,
      max: Math.max(data.wall, 0.001),
      position: 'top',
      axisLabel: {color: colour.dim, formatter: ticks(data.wall)},
      splitLine: {lineStyle: {color: colour.line}},
      axisLine: {show: false},
      axisTick: {show: false},
      splitNumber: 6,
    },
    yAxis: {type: 'value', min: -0.5, max: lanes - 0.5, inverse: true, show: false},
    dataZoom: [
      {
        type: 'inside',
        xAxisIndex: 0,
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseMove: false,
        moveOnMouseWheel: false,
        preventDefaultMouseMove: false,
      },
      {
        type: 'slider',
        xAxisIndex: 0,
        height: 18,
        bottom: 8,
        brushSelect: false,
        showDataShadow: false,
        showDetail: false,
        borderColor: colour.line,
        fillerColor: `${colour.busy}22`,
        handleStyle: {color: colour.surface, borderColor: colour.dim},
        moveHandleSize: 0,
        backgroundColor: 'transparent',
      },
    ],
    series: [
      {
        type: 'custom',
        renderItem: draw(colour),
        clip: true,
        encode: {x: [0, 1], y: 2},
        data: bars.map((bar) => [bar.start, bar.end, bar.lane]),
      },
    ],
  });
  chart(section, {
    className: 'timeline',
    height,
    options,
    onTheme,
    label: `Timeline of ${count(bars.length, 'attempt')} in ${count(lanes, 'lane')}. The table of tasks has their times.`,
    pick: ({dataIndex}) => openTask(bars[dataIndex].task),
  });
}
