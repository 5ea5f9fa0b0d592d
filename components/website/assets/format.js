// Numbers, sizes and times as people write them. Pure, but for the language.

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
/** The first second that is too late for a cut: the API takes times below 100 hours. */
const TIME_LIMIT = 100 * 3600;

let language = 'en';
let cache = new Map();

/** Sets the language of all numbers and dates: the browser's own variant of it, if there is one. */
export function setFormatLanguage(code, wanted = globalThis.navigator?.languages ?? []) {
  language = wanted.find((tag) => tag.split('-')[0] === code) ?? code;
  cache = new Map();
}

function cached(Formatter, options) {
  const key = Formatter.name + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Formatter(language, options));
  return cache.get(key);
}

/** 1 234,5 with at most `digits` decimals. */
export function number(value, digits = 0) {
  return cached(Intl.NumberFormat, { maximumFractionDigits: digits }).format(value);
}

function scale(count) {
  const power = count < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(count) / 3));
  return { value: count / 1000 ** power, power };
}

function digitsOf(value, power) {
  return power > 0 && value < 10 ? 1 : 0;
}

/** A size: "412 MB". */
export function bytes(count) {
  const { value, power } = scale(count);
  return cached(Intl.NumberFormat, {
    style: 'unit', unit: UNITS[power], unitDisplay: 'short',
    maximumFractionDigits: digitsOf(value, power),
  }).format(value);
}

/** Two sizes in the unit of the second: ["258", "412 MB"]. */
export function bytesOf(part, whole) {
  const { power } = scale(whole);
  const value = part / 1000 ** power;
  const digits = power > 2 ? 2 : 0;
  const text = cached(Intl.NumberFormat, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return [text.format(value), bytes(whole)];
}

/** A share from 0 to 1: "41 %". It is 100 % only at the end. */
export function percent(share) {
  const floor = share >= 1 ? 1 : Math.floor(Math.max(0, share) * 100) / 100;
  return cached(Intl.NumberFormat, { style: 'percent' }).format(floor);
}

/** A length of time as a player shows it: "12:40", "1:02:03". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value) => String(value).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A time in a file to a tenth: "1:30.5", as the fields of a cut show it. */
export function cutTime(seconds) {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  const rest = tenths % 10;
  return clock(Math.floor(tenths / 10)) + (rest ? `.${rest}` : '');
}

/**
 * Seconds of a text like "90", "90.5", "1:30" or "0:01:30.5", also with a decimal comma;
 * null if it is none, as the API would judge it.
 */
export function parseTime(text) {
  const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)$/.exec(text.trim());
  if (!match) return null;
  const [, hours, minutes, rest] = match;
  const seconds = Number(rest.replace(',', '.'));
  if (minutes !== undefined && seconds >= 60) return null;
  if (hours !== undefined && Number(minutes) >= 60) return null;
  const time = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + seconds;
  return time < TIME_LIMIT ? time : null;
}

/** How long something still takes, in one unit: "1 min". */
export function span(seconds) {
  const [value, unit] = seconds < 55 ? [Math.max(1, roundTo(seconds, seconds > 10 ? 5 : 1)), 'second']
    : seconds < 3570 ? [Math.round(seconds / 60), 'minute']
      : [Math.round(seconds / 360) / 10, 'hour'];
  return cached(Intl.NumberFormat, {
    style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1,
  }).format(value);
}

function roundTo(value, step) {
  return Math.ceil(value / step) * step;
}

/** Days from `time` until `now`, by the calendar of the reader. */
export function daysAgo(time, now = Date.now()) {
  const midnight = (ms) => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(time)) / 86_400_000);
}

/** A day as a heading: "Today", "Yesterday", "Monday, 23 November". */
export function day(time, now = Date.now()) {
  const days = daysAgo(time, now);
  const text = days >= 0 && days < 2
    ? cached(Intl.RelativeTimeFormat, { numeric: 'auto' }).format(-days, 'day')
    : cached(Intl.DateTimeFormat, days < 300
      ? { weekday: 'long', day: 'numeric', month: 'long' } : { dateStyle: 'long' }).format(time);
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

/** A date: "31 December", with the year if it is another one. */
export function date(time, now = Date.now()) {
  const options = { day: 'numeric', month: 'long' };
  if (new Date(time).getFullYear() !== new Date(now).getFullYear()) options.year = 'numeric';
  return cached(Intl.DateTimeFormat, options).format(time);
}

/** A date with its time of day. */
export function moment(time) {
  return cached(Intl.DateTimeFormat, { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}

/** The name of a language by its ISO 639 code; the code if there is none. */
export function languageName(code) {
  try {
    const options = { type: 'language', fallback: 'code' };
    return cached(Intl.DisplayNames, options).of(code) ?? code;
  } catch {
    return code;
  }
}
