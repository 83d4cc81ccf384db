import {chart, fitText, tooltip} from './chart.js';
import {tone} from './tone.js';
import {el} from './dom.js';
import {duration, ticks} from './words.js';

// The longest tasks, held against what they took in earlier runs.

const MOST = 25;
const ROW = 24;

export function durations(section, {data, openTask, onTheme}) {
  const longest = data.tasks
    .filter((task) => task.took > 0)
    .sort((a, b) => b.took - a.took)
    .slice(0, MOST);
  const known = longest.some((task) => task.forecast !== undefined);
  section.append(
    el(
      'p',
      {class: 'legend'},
      el(
        'span',
        {class: 'dim'},
        longest.length < data.tasks.length
          ? `The ${longest.length} tasks that took longest, all attempts together.`
          : 'All attempts of a task together.',
      ),
      known && el('span', {}, el('i', {class: 'swatch tick'}), 'in earlier runs'),
    ),
  );
  const options = (colour, width) => {
    const names = Math.min(210, width * 0.34);
    const named = (value) => fitText(longest[value]?.id ?? '', names);
    return {
      grid: {left: names + 10, right: 66, top: 4, bottom: 26},
      tooltip: {
        ...tooltip(colour),
        formatter: ({dataIndex}) => {
          const task = longest[dataIndex];
          return `${task.id}: ${duration(task.took)}${task.forecast === undefined ? '' : `\n${duration(task.forecast)} in earlier runs`}`;
        },
      },
      xAxis: {
        type: 'value',
        min: 0,
        axisLabel: {color: colour.dim, formatter: ticks(longest[0].took)},
        splitNumber: 4,
        splitLine: {lineStyle: {color: colour.line}},
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: longest.map((task, place) => place),
        axisTick: {show: false},
        axisLine: {lineStyle: {color: colour.line}},
        axisLabel: {interval: 0, color: colour.text, formatter: (value) => named(Number(value))},
      },
      series: [
        {
          type: 'bar',
          barMaxWidth: 13,
          data: longest.map((task) => ({value: task.took, itemStyle: {color: colour[tone(task.state)]}})),
          label: {show: true, position: 'right', color: colour.dim, fontSize: 11, formatter: ({value}) => duration(value)},
        },
        {
          type: 'custom',
          silent: true,
          data: longest.flatMap((task, place) => (task.forecast === undefined ? [] : [[task.forecast, place]])),
          renderItem: (parameters, api) => {
            const [x, y] = api.coord([api.value(0), api.value(1)]);
            return {type: 'rect', shape: {x: x - 1, y: y - 10, width: 2.5, height: 20}, style: {fill: colour.text}};
          },
        },
      ],
    };
  };
  chart(section, {
    className: 'durations',
    height: longest.length * ROW + 34,
    options,
    onTheme,
    label: `How long the ${longest.length} longest tasks took. The table of tasks has the same figures.`,
    pick: ({dataIndex}) => openTask(longest[dataIndex]),
  });
}
