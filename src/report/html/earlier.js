import {chart, tooltip} from './chart.js';
import {tone} from './tone.js';
import {el} from './dom.js';
import {count, duration, moment, ticks} from './words.js';

// How long the last runs of this workflow took, and how they ended; the newest, which may be this one, to the right.
export function earlier(section, {data, onTheme}) {
  const runs = [...data.runs].reverse();
  const good = runs.filter((run) => run.state === 'finished').length;
  section.append(
    el(
      'p',
      {class: 'legend'},
      el('span', {class: 'dim'}, `The last ${count(runs.length, 'run')} of this workflow: ${good} finished well. `),
    ),
  );
  const options = (colour) => ({
    grid: {left: 52, right: 8, top: 10, bottom: 24},
    tooltip: {
      ...tooltip(colour),
      formatter: ({dataIndex}) => {
        const run = runs[dataIndex];
        return `${run.run}${run.run === data.run ? ' (this one)' : ''}: ${run.state}\n${duration(run.wall)}, ${moment(run.started)}`;
      },
    },
    xAxis: {
      type: 'category',
      data: runs.map((run) => run.run),
      axisTick: {show: false},
      axisLine: {lineStyle: {color: colour.line}},
      axisLabel: {color: colour.dim, interval: (place) => runs[place].run === data.run, formatter: () => 'this run'},
    },
    yAxis: {
      type: 'value',
      axisLabel: {color: colour.dim, formatter: ticks(Math.max(...runs.map((run) => run.wall)))},
      splitNumber: 3,
      splitLine: {lineStyle: {color: colour.line}},
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 26,
        data: runs.map((run) => ({
          value: run.wall,
          itemStyle: {color: colour[tone(run.state)], opacity: run.run === data.run ? 1 : 0.55},
        })),
      },
    ],
  });
  chart(section, {
    className: 'earlier',
    height: 190,
    options,
    onTheme,
    label: `How long the last ${count(runs.length, 'run')} of this workflow took; ${good} finished well.`,
  });
}
