import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { locks, records, requested, service } from './fake-page.mjs';

const { events } = await import('../../../components/website/assets/api.js');
const { items } = await import('../../../components/website/assets/items.js');
const { session } = await import('../../../components/website/assets/session.js');
const uploads = await import('../../../components/website/assets/uploads.js');

const ANNA = { id: 'anna' };
const BEN = { id: 'ben' };
const never = new Promise(() => {});
/** Lets everything happen that waits for nothing from outside. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
};
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

function choose(fields = {}) {
  const file = new File(['0123456789'], 'a.mp4', { type: 'video/mp4' });
  return items.add({ name: file.name, size: file.size, file, ...fields });
}

beforeEach(() => {
  uploads.stopAll();
  items.clear({ withChosen: true });
  records.clear();
  locks.clear();
  service.log = [];
  service.answer = () => never;
  Object.assign(session, { user: ANNA, hasEnded: false });
});

test('an upload ends with its session, and does not go on in the next one', async () => {
  let answer;
  service.answer = () => new Promise((resolve) => {
    answer = resolve;
  });
  const item = choose();
  uploads.start(item);
  await requested(1);
  session.user = null;
  uploads.stopAll();
  assert.equal(uploads.isBusy(), false);
  items.clear();
  session.user = BEN;
  uploads.pump();
  answer({ status: 201, headers: { location: '/files/one' } });
  await settle();
  assert.deepEqual(service.log, ['POST /files']);
  assert.equal(records.size, 0);
});

test('an upload that waits for another attempt ends with its session, too', async (context) => {
  const timers = new Map();
  context.mock.method(globalThis, 'setTimeout', (action) => {
    timers.set(timers.size + 1, action);
    return timers.size;
  });
  context.mock.method(globalThis, 'clearTimeout', (timer) => timers.set(timer, () => {}));
  service.answer = () => ({ status: 503, json: { code: 'queue_unavailable' } });
  const item = choose();
  uploads.start(item);
  await requested(1);
  await settle();
  assert.equal(item.phase, 'retrying');
  session.user = null;
  uploads.stopAll();
  assert.equal(item.phase, 'waiting', 'it waits for the return of its account');
  for (const action of timers.values()) action();
  await settle();
  assert.deepEqual(service.log, ['POST /files']);
  session.user = ANNA;
  uploads.pump();
  await requested(2);
});

test('an upload that was stopped ends nobody\'s session', async () => {
  service.answer = async () => {
    uploads.stopAll();
    items.clear();
    session.user = BEN;
    return { status: 401, json: { code: 'token_revoked' } };
  };
  let ends = 0;
  const count = () => {
    ends += 1;
  };
  events.addEventListener('signed-out', count);
  uploads.start(choose());
  await requested(1);
  await settle();
  events.removeEventListener('signed-out', count);
  assert.equal(ends, 0);
  assert.equal(session.user, BEN);
});

test('an upload that is unknown begins again only in its own account', async () => {
  for (const [now, created] of [[BEN, false], [ANNA, true]]) {
    service.log = [];
    session.user = ANNA;
    service.answer = (method, path) => {
      if (path === '/account') return { json: now };
      return method === 'POST' ? never : { status: 404 };
    };
    uploads.start(choose({ id: `gone-${now.id}` }));
    await requested(2);
    await settle();
    assert.deepEqual(service.log.slice(0, 2), [`HEAD /files/gone-${now.id}`, 'GET /account']);
    assert.equal(service.log.includes('POST /files'), created, now.id);
    uploads.stopAll();
  }
});

test('who signs out takes the files along that were only chosen', () => {
  choose();
  items.clear();
  assert.equal(items.all.size, 1, 'they stay for a sign-in');
  items.clear({ withChosen: true });
  assert.equal(items.all.size, 0);
});

test('a sign-out is one even if an upload hears of it first', async () => {
  service.answer = () => {
    events.dispatchEvent(new Event('signed-out'));
    return { status: 204 };
  };
  await session.signOut();
  assert.equal(session.user, null);
  assert.equal(session.hasEnded, false);
});

test('a creation that was repeated does not fill the account', async () => {
  const upload = (id, fields) => ({ id, name: 'a.mp4', length: 10, offset: 0, created_at: ago(6), ...fields });
  records.set('known', { id: 'known', name: 'a.mp4', size: 10, modified: 1, options: {}, owner: 'anna' });
  locks.add('tonearm-upload-running');
  const list = [
    upload('repeated'), upload('young', { created_at: ago(4) }), upload('known'), upload('running'),
    upload('part', { partial: true }), upload('begun', { offset: 5 }),
  ];
  service.answer = (method) => ({ json: method === 'GET' ? { uploads: list } : null });
  await uploads.restore();
  await settle();
  assert.deepEqual(service.log, ['GET /files', 'DELETE /files/repeated']);
  assert.deepEqual([...items.all.values()].map(({ id }) => id), ['known', 'begun']);
});

test('the uploads of an account that has left meanwhile are not shown', async () => {
  service.answer = () => {
    session.user = BEN;
    return { json: { uploads: [{ id: 'hers', name: 'a.mp4', length: 10, offset: 5, created_at: ago(1) }] } };
  };
  await uploads.restore();
  assert.equal(items.all.size, 0);
});
