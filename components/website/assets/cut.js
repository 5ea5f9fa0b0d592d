// Start and end of the part that becomes an MP3, set on the local video.

import { h, icon, replace, setText } from './dom.js';
import { clock, cutTime, parseTime } from './format.js';
import { t } from './texts.js';

/** What the arrow keys move a handle by, in seconds. */
const STEP = 1;
const FINE = 0.1;
const PAGE = 10;

let nextId = 1;

/**
 * The cut of `file` (null: only the fields). `start` and `end` are seconds, null for the
 * beginning and the end. `changed({start, end, duration, isValid})` is called after each
 * change.
 */
export function cutter(file, { start = null, end = null, changed = () => {} }) {
  const id = `cut-${nextId++}`;
  const state = { start, end, duration: null, startText: start === null ? '' : cutTime(start), endText: end === null ? '' : cutTime(end) };
  let url = null;
  let stopAt = null;

  const media = h('video', { class: 'cut-video', playsinline: true, preload: 'metadata', 'aria-label': t('cut.preview') });
  const playButton = h('button', { type: 'button', class: 'icon-button', on: { click: toggle } });
  const position = h('span', { class: 'cut-now' });
  const needle = h('div', { class: 'cut-needle' });
  const selected = h('div', { class: 'cut-selected' });
  const handles = { start: handle('start'), end: handle('end') };
  const track = h('div', { class: 'cut-track', on: { pointerdown: seek } }, selected, needle, handles.start, handles.end);
  // Time runs from left to right in every language, as in all players.
  const timeline = h('div', { class: 'cut-line', dir: 'ltr', role: 'group', 'aria-label': t('cut.timeline') }, track);
  const fields = { start: field('start'), end: field('end') };
  const error = h('p', { class: 'error', id: `${id}-error`, role: 'alert' });
  const length = h('p', { class: 'cut-length' });
  const note = h('p', { class: 'note', hidden: true, text: t('cut.no_preview') });
  const player = h('div', { class: 'cut-player' }, media,
    h('div', { class: 'cut-controls' }, playButton, position,
      h('button', { type: 'button', class: 'link', on: { click: playSelection }, text: t('cut.play_selection') })),
    timeline);

  const root = h('div', { class: 'cut' }, player, note,
    h('div', { class: 'cut-fields' },
      h('div', { class: 'cut-field' }, fields.start.root, here('start')),
      h('div', { class: 'cut-field' }, fields.end.root, here('end'))),
    length, error);

  player.hidden = true;
  if (file) load();

  function load() {
    url = URL.createObjectURL(file);
    media.addEventListener('loadedmetadata', () => {
      // A recording of a browser has no length until it is played.
      if (!Number.isFinite(media.duration)) return fallBack();
      state.duration = media.duration;
      player.hidden = false;
      showHere(true);
      media.classList.toggle('is-audio', !media.videoWidth);
      show();
    });
    media.addEventListener('error', fallBack);
    media.addEventListener('timeupdate', tick);
    for (const event of ['play', 'pause', 'ended']) media.addEventListener(event, showPlay);
    media.addEventListener('click', toggle);
    media.src = url;
  }

  function fallBack() {
    player.hidden = true;
    note.hidden = false;
    showHere(false);
  }

  /** Without a preview there is no "here". */
  function showHere(is) {
    for (const button of root.querySelectorAll('.cut-here')) button.hidden = !is;
  }

  function handle(which) {
    return h('div', {
      class: `cut-handle cut-${which}`, role: 'slider', tabindex: 0, 'aria-label': t(`cut.${which}`), 'aria-valuemin': 0,
      on: { keydown: (event) => key(event, which), pointerdown: (event) => drag(event, which) },
    });
  }

  function field(which) {
    const input = h('input', {
      type: 'text', inputmode: 'decimal', autocomplete: 'off', class: 'time', value: state[`${which}Text`], placeholder: t(`cut.${which}_empty`),
      'aria-describedby': `${id}-error`,
      on: {
        input: () => {
          state[`${which}Text`] = input.value;
          const time = parseTime(input.value);
          state[which] = time;
          if (time !== null && state.duration) media.currentTime = Math.min(time, state.duration);
          show(which);
        },
      },
    });
    return { input, root: h('label', { class: 'field' }, h('span', { text: t(`cut.${which}`) }), input) };
  }

  function here(which) {
    return h('button', {
      type: 'button', class: 'button quiet cut-here', hidden: true, text: t(`cut.${which}_here`), on: { click: () => set(which, media.currentTime) },
    });
  }

  function set(which, time) {
    const last = state.duration ?? Infinity;
    const limit = which === 'start' ? Math.min(state.end ?? last, last) - FINE : last;
    const least = which === 'end' ? (state.start ?? 0) + FINE : 0;
    const value = Math.round(Math.min(limit, Math.max(least, time)) * 10) / 10;
    const isWhole = which === 'start' ? value <= 0 : value >= last - FINE / 2;
    state[which] = isWhole ? null : value;
    state[`${which}Text`] = fields[which].input.value = isWhole ? '' : cutTime(value);
    show();
  }

  const valueOf = (which) => state[which] ?? (which === 'start' ? 0 : state.duration ?? 0);

  function key(event, which) {
    const step = event.shiftKey ? FINE : STEP;
    const target = {
      ArrowRight: valueOf(which) + step, ArrowUp: valueOf(which) + step,
      ArrowLeft: valueOf(which) - step, ArrowDown: valueOf(which) - step,
      PageUp: valueOf(which) + PAGE, PageDown: valueOf(which) - PAGE, Home: 0, End: state.duration,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    set(which, target);
    media.currentTime = valueOf(which);
  }

  function timeAt(event) {
    const box = track.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * state.duration;
  }

  function drag(event, which) {
    event.stopPropagation();
    const target = handles[which];
    target.setPointerCapture(event.pointerId);
    const move = (moved) => {
      set(which, timeAt(moved));
      media.currentTime = valueOf(which);
    };
    target.addEventListener('pointermove', move);
    const end = () => target.removeEventListener('pointermove', move);
    target.addEventListener('lostpointercapture', end, { once: true });
  }

  function seek(event) {
    if (event.target.getAttribute('role') === 'slider') return;
    media.currentTime = timeAt(event);
    const move = (moved) => {
      media.currentTime = timeAt(moved);
    };
    track.setPointerCapture(event.pointerId);
    track.addEventListener('pointermove', move);
    track.addEventListener('lostpointercapture', () => track.removeEventListener('pointermove', move), { once: true });
  }

  function toggle() {
    stopAt = null;
    if (media.paused) media.play().catch(fallBack);
    else media.pause();
  }

  function playSelection() {
    media.currentTime = valueOf('start');
    stopAt = valueOf('end');
    media.play().catch(fallBack);
  }

  function tick() {
    if (stopAt !== null && media.currentTime >= stopAt) {
      stopAt = null;
      media.pause();
    }
    showPosition();
  }

  function showPlay() {
    const isPaused = media.paused;
    replace(playButton, icon(isPaused ? 'play' : 'pause'));
    playButton.setAttribute('aria-label', t(isPaused ? 'cut.play' : 'cut.pause'));
  }

  function showPosition() {
    if (!state.duration) return;
    setText(position, `${cutTime(media.currentTime)} / ${clock(state.duration)}`);
    needle.style.left = `${media.currentTime / state.duration * 100}%`;
  }

  /** What is wrong with the fields, or null. */
  function fault() {
    for (const which of ['start', 'end']) {
      if (state[`${which}Text`].trim() && state[which] === null) return 'cut.bad_time';
    }
    if (state.start !== null && state.end !== null && state.end <= state.start) return 'cut.bad_order';
    return state.duration && (state.start ?? 0) >= state.duration ? 'cut.beyond' : null;
  }

  function show() {
    showPlay();
    showPosition();
    if (state.duration) {
      const [from, to] = [valueOf('start') / state.duration, Math.min(1, valueOf('end') / state.duration)];
      selected.style.left = `${from * 100}%`;
      selected.style.right = `${(1 - to) * 100}%`;
      for (const which of ['start', 'end']) {
        handles[which].style.left = `${Math.min(1, valueOf(which) / state.duration) * 100}%`;
        handles[which].setAttribute('aria-valuemax', state.duration.toFixed(1));
        handles[which].setAttribute('aria-valuenow', valueOf(which).toFixed(1));
        handles[which].setAttribute('aria-valuetext', cutTime(valueOf(which)));
      }
    }
    const problem = fault();
    setText(error, problem ? t(problem) : '');
    for (const which of ['start', 'end']) {
      fields[which].input.setAttribute('aria-invalid', problem ? 'true' : 'false');
    }
    const seconds = state.duration && Math.max(0, Math.min(valueOf('end'), state.duration) - valueOf('start'));
    setText(length, seconds && !problem ? t('cut.length', { time: cutTime(seconds), whole: clock(state.duration) }) : '');
    changed({ start: state.start, end: state.end, seconds: seconds ?? null, isValid: !problem });
  }
  show();

  return {
    root,
    /** Frees the video. */
    close() {
      media.pause();
      media.removeAttribute('src');
      media.load();
      if (url) URL.revokeObjectURL(url);
    },
  };
}
