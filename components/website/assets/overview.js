// What is true of all files together: title, archive, paging.

import { h, replace } from './dom.js';
import { percent } from './format.js';
import { isRunning, items } from './items.js';
import { jobs, zipPath } from './jobs.js';
import { session } from './session.js';
import { t } from './texts.js';
import { start } from './uploads.js';

/** Between two looks, in milliseconds. */
const PAUSE = 200;

/** The archive that is offered above the list; empty if there is none. */
export let batchPath = '';

/** Keeps the page up to date; `batchChanged()` is called when `batchPath` has changed. Returns `show()`. */
export function overview(batchChanged) {
  const show = () => {
    const all = [...items.all.values()];
    document.body.classList.toggle('has-files', all.length > 0);
    document.body.classList.toggle('is-busy', all.some((item) => item.phase === 'converting'));
    document.title = title(all);
    document.getElementById('more').hidden = !jobs.next;
    showBatch(all, batchChanged);
    showHeld(all);
  };
  let isScheduled = false;
  const later = () => {
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(() => {
      isScheduled = false;
      show();
    }, PAUSE);
  };
  for (const type of ['added', 'changed', 'removed']) items.addEventListener(type, later);
  jobs.addEventListener('change', show);
  return show;
}

function title(all) {
  const running = all.filter((item) => ['uploading', 'converting'].includes(item.phase));
  if (!running.length) return 'Tonearm';
  const share = (item) => item.phase === 'uploading' ? item.offset / item.size : item.progress;
  return `${percent(running.reduce((sum, item) => sum + share(item), 0) / running.length)} – Tonearm`;
}

/** Once all files that were chosen together have ended: all in one archive. */
function showBatch(all, batchChanged) {
  const batch = Math.max(0, ...all.map((item) => item.batch ?? 0));
  const files = batch ? all.filter((item) => item.batch === batch && item.phase !== 'refused') : [];
  const done = files.filter((item) => item.phase === 'done');
  const place = document.getElementById('batch');
  place.hidden = files.length < 2 || files.some((item) => item.phase === 'chosen');
  const path = !place.hidden && done.length > 1 && !files.some(isRunning) ? zipPath(done) : '';
  if (batchPath !== path) {
    batchPath = path;
    batchChanged();
  }
  const text = t('batch.done', { count: files.length, done: done.length });
  if (place.dataset.shown === text + path) return;
  place.dataset.shown = text + path;
  replace(place, h('span', { text }), path && h('a', { class: 'button', href: path, download: '', text: t('batch.zip') }));
}

/** Files that wait to be cut can all be started at once. */
function showHeld(all) {
  const held = session.user ? all.filter((item) => item.phase === 'chosen') : [];
  const place = document.getElementById('held');
  place.hidden = held.length < 2;
  const text = t('batch.held', { count: held.length });
  if (place.hidden || place.dataset.shown === text) return;
  place.dataset.shown = text;
  replace(place, h('span', { text }), h('button', {
    type: 'button', class: 'button', text: t('batch.start'),
    on: { click: () => [...items.all.values()].filter((item) => item.phase === 'chosen').forEach(start) },
  }));
}
