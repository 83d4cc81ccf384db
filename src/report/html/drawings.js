import {durations} from './durations.js';
import {earlier} from './earlier.js';
import {graph} from './graph.js';
import {radar} from './radar.js';
import {timeline} from './timeline.js';

// What main.js calls when a drawing is due: each draws into a section, from {data, openTask, isDark, onTheme}.
globalThis.fleetDrawings = {durations, earlier, graph, radar, timeline};
