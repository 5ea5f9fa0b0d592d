// What a row says and offers: a function of its item, without the DOM.

import { bytes, bytesOf, clock, date, number, percent, span } from './format.js';
import { explain, t } from './texts.js';

/**
 * - `disc`: what the record at the start of the row shows;
 * - `status`: a line of text; `what` and `help`: of a failure, in its place;
 * - `progress`: from 0 to 1, or null;
 * - `actions`: buttons; `menu`: the rest;
 * - `tone`: `bad`, `good`, `busy` or `calm`.
 */
export function viewOf(item, context) {
  const view = { disc: 'empty', status: '', what: null, help: null, progress: null, actions: [], menu: [], tone: 'calm' };
  Object.assign(view, PHASES[item.phase](item, context));
  view.menu = view.menu.filter((action) => !view.actions.includes(action));
  return view;
}

/** Failures that the same file meets each time: no button promises otherwise. */
const FILE_FAULTS = new Set([
  'not_media', 'unsupported_container', 'no_audio_track', 'unsupported_codec', 'unsupported_speed', 'damaged_media',
]);
/** Failures that other options avoid. */
const OPTION_FAULTS = new Set(['no_such_track', 'nothing_selected', 'media_over_budget', 'conversion_too_long']);

const dots = (...parts) => parts.filter(Boolean).join(' · ');

const PHASES = {
  chosen: (item, { isSignedIn }) => ({
    disc: 'empty', status: dots(bytes(item.size), cutOf(item), t(isSignedIn ? 'status.ready' : 'status.chosen')),
    actions: [...isSignedIn ? ['start'] : [], 'cut', 'dismiss'], menu: ['rename'],
  }),
  refused: (item, context) => ({
    ...failure(item.problem, context), disc: 'failed', tone: 'bad', actions: ['dismiss'],
  }),
  waiting: (item, { isSignedIn }) => ({
    disc: item.id ? 'paused' : 'empty', progress: item.id ? share(item) : null,
    actions: ['cut', 'cancel'], menu: item.id ? [] : ['rename'],
    status: item.problem?.code === 'too_many_jobs' ? t('status.full')
      : dots(item.id ? uploaded(item) : bytes(item.size), cutOf(item), t(isSignedIn ? 'status.waiting' : 'status.chosen')),
  }),
  uploading: (item) => ({
    disc: 'upload', tone: 'busy', progress: share(item),
    status: dots(
      uploaded(item), item.speed.rate() !== null && t('status.speed', { size: bytes(item.speed.rate()) }),
      timeLeft(item.speed.left(item.size)),
    ),
    actions: ['cut', 'pause', 'cancel'],
  }),
  retrying: (item) => ({
    disc: 'paused', progress: share(item),
    status: dots(uploaded(item), interruption(item.problem)),
    actions: ['retry', 'cancel'], menu: ['pause'],
  }),
  paused: (item) => ({
    disc: 'paused', progress: share(item), status: dots(uploaded(item), t('status.paused')),
    actions: ['cut', 'resume', 'cancel'],
  }),
  lost: (item) => ({
    disc: 'paused', progress: share(item),
    status: dots(uploaded(item), t(item.isElsewhere ? 'status.elsewhere' : 'status.lost')),
    actions: [...item.isElsewhere ? [] : ['choose'], 'cancel'],
  }),
  queued: (item) => ({
    disc: 'empty', tone: 'busy', actions: formerMp3(item), menu: atServer(item),
    status: t(item.job?.attempt > 0 ? 'status.again' : 'status.queued'),
  }),
  converting: (item) => ({
    disc: 'convert', tone: 'busy', progress: item.progress, actions: formerMp3(item), menu: atServer(item),
    status: dots(t('status.converting', { percent: percent(item.progress) }), timeLeft(item.speed.left(1))),
  }),
  done: (item) => ({
    disc: 'play', tone: 'good', actions: ['cut', 'download'], menu: ['rename', 'details', 'delete'],
    status: dots(
      item.job?.mp3 && clock(item.job.mp3.duration_seconds), item.job?.mp3 && bytes(item.job.mp3.size),
      cutOf(item), warnings(item), keptFor(item),
    ),
  }),
  failed: (item, context) => ({
    ...failureOf(item, context), disc: 'failed', tone: 'bad',
    actions: formerMp3(item).length ? formerMp3(item) : FILE_FAULTS.has(item.problem?.code) ? [] : OPTION_FAULTS.has(item.problem?.code) ? ['cut'] : ['again'],
    menu: ['cut', 'rename', 'details', 'delete'],
  }),
  expired: (item) => ({
    disc: 'gone', status: t('status.expired', { date: date(Date.parse(item.job.mp3.expires_at)) }),
    actions: ['again'], menu: ['details', 'delete'],
  }),
};

const share = (item) => item.size ? Math.min(1, item.offset / item.size) : 0;
/** A job that is converted again keeps its MP3 until there is another one. */
const formerMp3 = (item) => item.job?.mp3 && !(Date.parse(item.job.mp3.expires_at) < Date.now()) ? ['download'] : [];

function failureOf(item, context) {
  const { what, help } = failure(item.problem, context);
  return { what, help: formerMp3(item).length ? `${help} ${t('status.former')}` : help };
}

const atServer = (item) => item.job ? ['rename', 'details', 'delete'] : [];

function uploaded(item) {
  const [part, whole] = bytesOf(item.offset, item.size);
  return t('status.uploaded', { part, whole });
}

function timeLeft(seconds) {
  return seconds === null ? null : t('status.left', { time: span(seconds) });
}

function interruption(problem) {
  if (problem?.status === 0) return t('status.offline');
  if (problem?.status === 423) return t('status.locked');
  return t('status.retrying');
}

function cutOf(item) {
  const { start, end } = item.options;
  const text = (value) => typeof value === 'number' ? clock(value) : value;
  if (start && end) return t('status.cut', { start: text(start), end: text(end) });
  if (start) return t('status.cut_from', { start: text(start) });
  return end ? t('status.cut_to', { end: text(end) }) : null;
}

function warnings(item) {
  const count = item.job?.mp3?.warnings?.length;
  return count ? t('status.warnings', { count, number: number(count) }) : null;
}

/** Shown in the last week. */
function keptFor(item) {
  const until = Date.parse(item.job?.mp3?.expires_at);
  return until - Date.now() < 7 * 86_400_000 ? t('status.kept', { date: date(until) }) : null;
}

/** The sentences of a failure, with the numbers that the page knows. */
export function failure(problem, { limits }) {
  const { what, help } = explain(problem?.code ?? 'unknown');
  const values = { limit: limits?.upload_max_bytes ? bytes(limits.upload_max_bytes) : '' };
  const fill = (text) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  return { what: fill(what), help: fill(help) };
}
