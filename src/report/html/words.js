// Numbers as people read them.

export function duration(seconds) {
  if (seconds < 99.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const two = (number) => String(number).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}

// What stands along an axis as long as `most` seconds.
export const ticks = (most) => (value) => (most < 4 ? `${value.toFixed(2)}s` : duration(value));

export const number = (value) => value.toLocaleString('en-US');

export const count = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

export function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  for (; value >= 1024 && unit + 1 < units.length; ++unit) value /= 1024;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function short(value) {
  if (value < 1000) return String(Math.round(value));
  if (value < 1e6) return `${(value / 1e3).toFixed(value < 1e4 ? 1 : 0)}k`;
  return `${(value / 1e6).toFixed(1)}M`;
}

// Of milliseconds since 1970, where the reader is.
export const moment = (time) => new Date(time).toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'medium'});

export const stateWord = (state) => state.replace('-', ' ');
