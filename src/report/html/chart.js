import {BarChart, CustomChart, RadarChart} from 'echarts/charts';
import {DataZoomComponent, GridComponent, RadarComponent, TooltipComponent} from 'echarts/components';
import {init, use} from 'echarts/core';
import {CanvasRenderer} from 'echarts/renderers';
import {el} from './dom.js';

// What all charts share: colours from the style sheet, drawn again when it is light or dark or another size, and for
// people who do not see them a sentence.

use([BarChart, CanvasRenderer, CustomChart, DataZoomComponent, GridComponent, RadarChart, RadarComponent, TooltipComponent]);

const PAPER = 680; // pixels of a chart on paper

const NAMES = ['text', 'dim', 'line', 'surface', 'raised', 'good', 'bad', 'warn', 'busy', 'idle'];
export function colours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

export function font() {
  return getComputedStyle(document.body).fontFamily;
}

// The tooltip is drawn, too: what it says never becomes HTML.
export const tooltip = (colour) => ({
  renderMode: 'richText',
  confine: true,
  backgroundColor: colour.raised,
  borderColor: colour.line,
  borderWidth: 1,
  textStyle: {color: colour.text, fontSize: 12, fontFamily: font()},
});

// `options(colours, width)` are asked for again with each look; `pick(parameters)` is called for what is clicked.
export function chart(section, {className, label, height, options, pick, onTheme}) {
  const box = section.classList.contains('chart') ? section : el('div', {class: `chart ${className}`});
  if (box !== section) section.append(box);
  box.setAttribute('role', 'img');
  box.setAttribute('aria-label', label);
  box.style.height = `${height}px`;
  const drawn = init(box, null, {renderer: 'canvas'});
  const redraw = () => {
    const printing = 'print' in document.documentElement.dataset;
    drawn.resize(printing ? {width: Math.min(PAPER, box.clientWidth || PAPER), height} : {width: 'auto', height});
    drawn.setOption(
      {animation: false, textStyle: {fontFamily: font()}, ...options(colours(), drawn.getWidth())},
      {notMerge: true},
    );
  };
  redraw();
  onTheme(redraw);
  let width = box.clientWidth;
  new ResizeObserver(() => {
    if (box.clientWidth === width || box.clientWidth === 0) return;
    width = box.clientWidth;
    redraw();
  }).observe(box);
  if (pick) drawn.on('click', pick);
  return drawn;
}

// As much of a text as so many pixels hold, by the average width of a letter.
export function fitText(text, pixels) {
  const most = Math.floor(pixels / 6.6);
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}
