// What opens under a row: cut and options, or details. One at a time.

import { cutter } from './cut.js';
import { h, replace } from './dom.js';
import { bytes, cutTime, moment } from './format.js';
import { hasVideo } from './jobs.js';
import { asked, optionsForm, trackName } from './options.js';
import { session } from './session.js';
import { explain, t } from './texts.js';
import { tracksOf } from './tracks.js';

let open = null;

/** What applying means to a file that is no job: it waits for a sign-in, starts, or starts anew. */
function useLabel(item) {
  if (item.phase !== 'chosen' && (item.phase !== 'waiting' || item.id)) return 'cut.restart';
  return session.user ? 'cut.begin' : 'cut.use';
}

/** Closes the open panel and gives the focus back to its row. */
export function closePanel(hasFocus = true) {
  if (!open) return;
  const { root, row, end } = open;
  open = null;
  end?.();
  root.remove();
  if (hasFocus) row.focusAction();
}

function show(row, title, children, end) {
  closePanel(false);
  const heading = h('h4', { class: 'panel-title', tabindex: -1, text: title });
  const root = h('section', {
    class: 'panel', 'aria-label': title,
    on: {
      keydown: (event) => {
        if (event.key === 'Escape') closePanel();
      },
    },
  }, heading, children);
  open = { root, row, end };
  row.below.append(root);
  heading.focus({ preventScroll: true });
  root.scrollIntoView({ block: 'nearest' });
}

/**
 * Cut and options of an item. `apply(options, file)` is called with the options as the API
 * takes them. `file` is null if the video that the server has is to be used.
 */
export function openCut(row, { limits, apply, choose }) {
  const { item } = row;
  const isJob = Boolean(item.job);
  const options = isJob ? asked(item.options, limits) : { ...item.options };
  const seconds = (value) => value === undefined ? null : Number(value);
  const needsFile = isJob && !item.file && !hasVideo(item);
  let part = { isValid: true };
  let file = item.file;
  const form = optionsForm(options, { tracks: item.job?.tracks ?? [], isSingle: true, defaults: limits.defaults });
  const place = h('div');
  let cut = null;
  const setFile = (next) => {
    file = next;
    cut?.close();
    cut = cutter(file, {
      start: part.start ?? seconds(options.start), end: part.end ?? seconds(options.end),
      changed: (next) => {
        part = next;
        form.estimate(part.seconds);
        button.disabled = !part.isValid || needsFile && !file;
      },
    });
    replace(place, cut.root);
    if (file && !item.job?.tracks?.length) tracksOf(file).then(form.offer);
  };
  const button = h('button', {
    class: 'button', text: t(isJob ? 'cut.again' : useLabel(item)),
  });
  const ask = needsFile && h('div', { class: 'panel-ask' },
    h('p', { text: t('cut.needs_file', { name: item.name }) }),
    h('button', {
      type: 'button', class: 'button', text: t('action.choose'),
      on: {
        click: async () => {
          const chosen = await choose();
          if (!chosen) return;
          ask.hidden = true;
          setFile(chosen);
        },
      },
    }));
  const root = h('form', {
    on: {
      submit: (event) => {
        event.preventDefault();
        if (!part.isValid) return;
        const result = form.read();
        if (part.start) result.start = cutTime(part.start);
        if (part.end) result.end = cutTime(part.end);
        closePanel();
        apply(result, file);
      },
    },
  }, ask, place, form.root,
  h('div', { class: 'panel-buttons' }, button,
    h('button', { type: 'button', class: 'button quiet', text: t('action.close'), on: { click: () => closePanel() } })));
  setFile(file);
  show(row, t('cut.title'), root, () => cut.close());
}

/** Options, tracks, warnings and history of a job. */
export function openDetails(row, job) {
  const { mp3, error, tracks = [], attempts = [] } = job;
  const entries = [
    [t('details.source'), `${job.name}, ${bytes(job.size)}`],
    mp3 && [t('details.mp3'), `${cutTime(mp3.duration_seconds)}, ${bytes(mp3.size)}`],
    mp3?.expires_at && [t('details.kept'), moment(Date.parse(mp3.expires_at))],
    [t('details.created'), moment(Date.parse(job.created_at))],
    [t('details.options'), optionList(job.options)],
    job.mail && [t('details.mail'), t(`mail.${job.mail.state}`)],
    [t('details.id'), job.id],
  ].filter(Boolean);
  const list = (title, nodes) => nodes.length > 0 && [h('h5', { text: title }), h('ul', {}, nodes)];
  const message = (failure) => [
    h('span', { text: Object.values(explain(failure.code)).join(' ') }),
    h('span', { class: 'note', lang: 'en', text: ` ${failure.message}` }),
  ];
  show(row, t('details.title'), [
    error && h('p', {}, message(error)),
    h('dl', {}, entries.map(([name, value]) => [h('dt', { text: name }), h('dd', { text: value })])),
    list(t('details.warnings'), (mp3?.warnings ?? []).map((warning) => h('li', {}, message(warning)))),
    list(t('details.tracks'), tracks.map((track) => h('li', {
      text: trackName(track) + (track.taken ? ` – ${t('details.taken')}` : ''),
    }))),
    list(t('details.attempts'), attempts.map((attempt) => h('li', {}, h('span', {
      text: `${moment(Date.parse(attempt.started_at))}: ${t(`attempt.${attempt.kind}`)}, ${t(`outcome.${attempt.outcome ?? 'running'}`)}`,
    })))),
    h('div', { class: 'panel-buttons' },
      h('button', { type: 'button', class: 'button quiet', text: t('action.close'), on: { click: () => closePanel() } })),
  ]);
}

function optionList(options) {
  return Object.entries(options ?? {}).map(([name, value]) => `${name} ${value}`).join(', ') || '–';
}
