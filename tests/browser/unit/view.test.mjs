import assert from 'node:assert/strict';
import { test } from 'node:test';

import en from '../../../components/website/assets/texts/en.js';
import { Problem } from '../../../components/website/assets/api.js';
import { items } from '../../../components/website/assets/items.js';
import { usePack } from '../../../components/website/assets/texts.js';
import { viewOf } from '../../../components/website/assets/view.js';

usePack(en);
const context = { isSignedIn: true, limits: { upload_max_bytes: 2e9 } };
const soon = new Date(Date.now() + 864e5 * 30).toISOString();
const past = new Date(Date.now() - 1000).toISOString();

function job(fields = {}) {
  const item = items.add({ id: `job-${items.all.size}`, ...fields });
  items.receive({
    id: item.id, name: 'a.mp4', size: 1e6, state: 'queued', progress: 0, attempt: 0, options: {},
    created_at: past, updated_at: past, ...fields.job,
  });
  return item;
}

test('a row says how far the upload is', () => {
  const item = items.add({ name: 'a.mp4', size: 412e6, offset: 258e6, phase: 'uploading' });
  assert.equal(viewOf(item, context).status, '258 of 412 MB');
  item.speed.add(Date.now() - 2000, 248e6);
  item.speed.add(Date.now(), 258e6);
  assert.equal(viewOf(item, context).status, '258 of 412 MB · 5 MB/s · 35 sec left');
  assert.deepEqual(viewOf(item, context).actions, ['cut', 'pause', 'cancel']);
});

test('a file waits for its owner before a byte is sent', () => {
  const item = items.add({ name: 'a.mp4', size: 1e6 });
  assert.match(viewOf(item, { ...context, isSignedIn: false }).status, /waits until you sign in/);
  assert.deepEqual(viewOf(item, { ...context, isSignedIn: false }).actions, ['cut', 'dismiss']);
});

test('a refusal names the limit', () => {
  const item = items.add({ name: 'a.mp4', size: 3e9, phase: 'refused', problem: new Problem(413, 'file_too_large') });
  assert.match(viewOf(item, context).what, /2 GB/);
});

test('another try is offered only where it may help', () => {
  const actions = (code) => viewOf(job({ job: { state: 'failed', error: { code, message: '' } } }), context).actions;
  assert.deepEqual(actions('damaged_media'), []);
  assert.deepEqual(actions('nothing_selected'), ['cut']);
  assert.deepEqual(actions('files_unavailable'), ['again']);
});

test('a job that is converted again keeps its MP3 within reach', () => {
  const mp3 = { size: 1e6, duration_seconds: 60, expires_at: soon };
  assert.deepEqual(viewOf(job({ job: { state: 'converting', mp3 } }), context).actions, ['download']);
  const failed = viewOf(job({ job: { state: 'failed', error: { code: 'nothing_selected', message: '' }, mp3 } }), context);
  assert.deepEqual(failed.actions, ['download']);
  assert.match(failed.help, /former MP3/);
});

test('an MP3 that is no longer kept cannot be played', () => {
  const view = viewOf(job({ job: { state: 'done', mp3: { size: 1, duration_seconds: 1, expires_at: past } } }), context);
  assert.equal(view.disc, 'gone');
  assert.deepEqual(view.actions, ['again']);
});

test('a late answer undoes nothing', () => {
  const item = job({ job: { state: 'converting', updated_at: '2026-12-01T10:00:01.5Z' } });
  items.receive({ ...item.job, state: 'queued', updated_at: '2026-12-01T10:00:01Z' });
  assert.equal(item.phase, 'converting');
});
