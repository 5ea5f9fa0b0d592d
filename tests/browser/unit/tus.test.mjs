import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Problem } from '../../../components/website/assets/api.js';
import { PAUSES, TusUpload, idOf, metadata } from '../../../components/website/assets/tus.js';
import { FakeServer } from './fake-server.mjs';

const file = (size) => new Blob([Uint8Array.from({ length: size }, (_, at) => at % 251)]);

function upload(server, size, options = {}) {
  const events = [];
  const waits = [];
  const subject = new TusUpload({
    file: file(size), metadata: { filename: 'a.mp4', start: '1:30' }, send: server.send,
    wait: async (seconds) => {
      waits.push(seconds);
    },
    report: {
      created: async (id) => events.push(`created ${id}`),
      progress: (offset) => events.push(offset),
      trying: () => {},
      waiting: (problem, seconds) => events.push(`wait ${seconds} after ${problem.code}`),
    },
    isSameAccount: async () => true,
    ...options,
  });
  return { subject, events, waits, run: (signal = new AbortController().signal) => subject.run(signal) };
}

test('an upload arrives whole, with its name and options', async () => {
  const server = new FakeServer();
  const { run, events } = upload(server, 1000);
  await run();
  const [stored] = server.uploads.values();
  assert.deepEqual(stored.bytes, [...new Uint8Array(await file(1000).arrayBuffer())]);
  assert.deepEqual(stored.metadata, { filename: 'a.mp4', start: '1:30' });
  assert.equal(events.at(-1), 1000);
});

test('after a cut connection it goes on at the offset of the server', async () => {
  const server = new FakeServer();
  server.cutAt = [300, 301, 700];
  const { run, waits } = upload(server, 1000);
  await run();
  const [stored] = server.uploads.values();
  assert.deepEqual(stored.bytes, [...new Uint8Array(await file(1000).arrayBuffer())]);
  assert.deepEqual(waits, [1, 1, 1], 'progress resets the pauses');
  assert.equal(server.uploads.size, 1);
});

test('an answer that was lost at the end is found by HEAD', async () => {
  const server = new FakeServer();
  server.loseAnswers = 1;
  await upload(server, 100).run();
  assert.deepEqual(server.log, ['POST', 'PATCH', 'HEAD']);
});

test('pauses grow while the service is away, and never end', async () => {
  const server = new FakeServer();
  server.failures = Array.from({ length: 9 }, () => ({ status: 503, code: 'queue_unavailable' }));
  const { run, waits } = upload(server, 10);
  await run();
  assert.deepEqual(waits, [...PAUSES, 30, 30, 30]);
});

test('Retry-After is obeyed', async () => {
  const server = new FakeServer();
  server.failures = [{ status: 503, code: 'queue_unavailable', retryAfter: 7 }];
  const { run, waits } = upload(server, 10);
  await run();
  assert.deepEqual(waits, [7]);
});

test('an upload that another connection still holds is waited for', async () => {
  const server = new FakeServer();
  const { run } = upload(server, 10);
  await run();
  const [id] = server.uploads.keys();
  server.uploads.get(id).bytes.length = 4;
  server.failures = [null, { status: 423, code: 'upload_locked' }];
  const again = upload(server, 10, { id });
  await again.run();
  assert.deepEqual(again.waits, [3]);
  assert.equal(server.uploads.get(id).bytes.length, 10);
});

test('an upload that has expired begins again, once', async () => {
  const server = new FakeServer();
  const { run, subject } = upload(server, 10, { id: 'gone' });
  await run();
  assert.notEqual(subject.id, 'gone');
  server.uploads.clear();
  server.forgetful = true;
  await assert.rejects(upload(server, 10, { id: 'gone' }).run(), { status: 404 });
});

test('an upload of another account does not begin again', async () => {
  const server = new FakeServer();
  const { run } = upload(server, 10, { id: 'hers', isSameAccount: async () => false });
  await assert.rejects(run(), { status: 404 });
  assert.deepEqual(server.log, ['HEAD']);
});

test('an upload begins again as soon as it is known whose it is', async () => {
  const server = new FakeServer();
  const answers = [Promise.reject(Problem.offline()), true];
  answers[0].catch(() => {});
  const { run, waits } = upload(server, 10, { id: 'gone', isSameAccount: async () => answers.shift() });
  await run();
  assert.deepEqual(waits, [1]);
  assert.deepEqual(server.log, ['HEAD', 'POST', 'PATCH']);
});

test('an error of what was stopped is not answered by another attempt', async () => {
  const server = new FakeServer();
  const control = new AbortController();
  const send = async () => {
    assert.equal(control.signal.aborted, false, 'it is sent again');
    control.abort();
    throw Problem.offline();
  };
  const { run, waits } = upload(server, 10, { send });
  await assert.rejects(run(control.signal), { name: 'AbortError' });
  assert.deepEqual(waits, []);
});

test('a refusal is final', async () => {
  for (const [status, code] of [[413, 'file_too_large'], [429, 'too_many_jobs'], [401, 'token_expired'], [400, 'bad_option']]) {
    const server = new FakeServer();
    server.failures = [{ status, code }];
    const { run, waits } = upload(server, 10);
    await assert.rejects(run(), { code });
    assert.deepEqual(waits, []);
  }
});

test('the bytes of another file are never added', async () => {
  const server = new FakeServer();
  const { run } = upload(server, 10);
  await run();
  const [id] = server.uploads.keys();
  await assert.rejects(upload(server, 11, { id }).run(), { code: 'other_file' });
});

test('a pause stops it at once', async () => {
  const server = new FakeServer();
  const control = new AbortController();
  server.onPatch = () => control.abort();
  await assert.rejects(upload(server, 10).run(control.signal), { name: 'AbortError' });
});

test('metadata is base64 of UTF-8, without empty values', () => {
  assert.equal(metadata({ filename: 'ü.mp4', filetype: '', mono: true, end: undefined }), 'filename w7wubXA0,mono dHJ1ZQ==');
});

test('the id is the last part of the location', () => {
  assert.equal(idOf('/files/abc'), 'abc');
  assert.equal(idOf('https://example.org/files/abc?x=/y'), 'abc');
});

test('an answer of a proxy is a problem, too', () => {
  assert.equal(Problem.of(502, '<html>').isTransient, true);
  assert.equal(Problem.of(413, '<html>').code, 'file_too_large');
  assert.equal(Problem.of(401, '{"code":"token_revoked"}').isSessionEnd, true);
  assert.equal(Problem.of(401, '{"code":"credentials_wrong"}').isSessionEnd, false);
});
