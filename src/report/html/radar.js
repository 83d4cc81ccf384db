import {chart} from './chart.js';

// The scores of what was analysed, each from 0 (bad) to 100.
export function radar(section, {data, onTheme}) {
  const scores = Object.entries(data.findings.scores).filter(([name]) => name !== 'overall');
  const options = (colour) => ({
    radar: {
      radius: '62%',
      center: ['50%', '54%'],
      indicator: scores.map(([name]) => ({name, min: 0, max: 100})),
      axisName: {color: colour.text, fontSize: 12},
      splitNumber: 4,
      splitArea: {show: false},
      splitLine: {lineStyle: {color: colour.line}},
      axisLine: {lineStyle: {color: colour.line}},
    },
    series: [
      {
        type: 'radar',
        silent: true,
        symbolSize: 5,
        data: [{value: scores.map(([, value]) => value)}],
        lineStyle: {color: colour.busy, width: 2},
        itemStyle: {color: colour.busy},
        areaStyle: {color: colour.busy, opacity: 0.15},
      },
    ],
  });
  chart(section, {
    className: 'radar',
    height: 240,
    options,
    onTheme,
    label: `Scores: ${scores.map(([name, value]) => `${name} ${value.toFixed(1)}`).join(', ')}.`,
  });
}
