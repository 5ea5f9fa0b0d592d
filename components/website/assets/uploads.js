// All uploads of the page: their order, pauses, and what a reload must know.

import { Problem, api, events } from './api.js';
import { items } from './items.js';
import { session } from './session.js';
import { uploadRecords } from './storage.js';
import { send, wait } from './transport.js';
import { TusUpload } from './tus.js';

/** Uploads at the same time. More would only share the same line. */
const PARALLEL = 2;

/** How long to wait while the account has too many unfinished files, in milliseconds. */
const FULL_PAUSE = 10_000;
let notBefore = 0;

/** After this many milliseconds, an upload of which nothing has arrived is given up. */
const ABANDONED = 5 * 60_000;

/** What runs, by the key of its item. */
const running = new Map();

/** Tells the batches of this visit from all others; `randomUUID` needs HTTPS. */
const VISIT = [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('');

/** What files that were added together share: they get one email. */
const batchOf = (item) => (item.batch === null ? null : `${VISIT}-${item.batch}`);

/** Queues a file. It starts when somebody is signed in and it is its turn. */
export function start(item) {
  items.change(item, { phase: 'waiting', problem: null, retryAt: null });
  pump();
}

/** Starts what may start. */
export function pump() {
  if (!session.user || Date.now() < notBefore) return;
  const waiting = [...items.all.values()].filter((item) => item.phase === 'waiting' && !running.has(item.key));
  for (const item of waiting.slice(0, Math.max(0, PARALLEL - running.size))) run(item);
}

async function run(item) {
  const control = new AbortController();
  running.set(item.key, control);
  item.speed.reset();
  let end;
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  if (item.id) hold(item.id, ended);
  const owner = session.user.id;
  const upload = new TusUpload({
    file: item.file, id: item.id, send, wait,
    metadata: { filename: item.name, filetype: item.file.type, batch: batchOf(item), ...item.options },
    // Another tab may have signed in somebody else.
    isSameAccount: async () => {
      await session.refresh();
      return session.user?.id === owner;
    },
    report: {
      created: (id) => {
        items.change(item, { id, offset: 0 });
        hold(id, ended);
        return remember(item);
      },
      progress: (offset) => {
        item.speed.add(Date.now(), offset);
        items.change(item, { offset });
      },
      // The job may have been reported before the answer, which may be lost.
      trying: () => item.job || items.change(item, { phase: 'uploading', problem: null, retryAt: null }),
      waiting: (problem, seconds) => {
        if (item.job) return;
        item.speed.reset();
        items.change(item, { phase: 'retrying', problem, retryAt: Date.now() + seconds * 1000 });
      },
    },
  });
  try {
    await upload.run(control.signal);
    uploadRecords.delete(item.id);
    if (!item.job) items.change(item, { phase: 'queued', progress: 0 });
  } catch (error) {
    if (!control.signal.aborted) fail(item, error);
  } finally {
    end();
    if (running.get(item.key) === control) running.delete(item.key);
    pump();
  }
}

const lockOf = (id) => `tonearm-upload-${id}`;

/** Holds a lock until `ended` resolves, by which other tabs know that the upload runs here. */
function hold(id, ended) {
  navigator.locks?.request(lockOf(id), () => ended);
}

/** The names of the locks of all tabs. */
async function locks() {
  const { held = [] } = await navigator.locks?.query() ?? {};
  return new Set(held.map((lock) => lock.name));
}

function fail(item, error) {
  if (!(error instanceof Problem)) throw error;
  if (error.isSessionEnd) {
    items.change(item, { phase: 'waiting', problem: null });
    events.dispatchEvent(new Event('signed-out'));
  } else if (error.code === 'too_many_jobs') {
    // Others have to end first.
    items.change(item, { phase: 'waiting', problem: error });
    notBefore = Date.now() + FULL_PAUSE;
    setTimeout(pump, FULL_PAUSE + 1);
  } else {
    uploadRecords.delete(item.id);
    items.change(item, { phase: 'refused', problem: error, id: null });
  }
}

function stop(item) {
  running.get(item.key)?.abort();
  running.delete(item.key);
}

/** Stops all uploads, because their account is signed out. They wait for its return. */
export function stopAll() {
  for (const [key, control] of [...running]) {
    control.abort();
    const item = items.all.get(key);
    if (item && !item.job) items.change(item, { phase: 'waiting', problem: null, retryAt: null });
  }
  running.clear();
  notBefore = 0;
}

/** Pauses an upload. What has arrived stays for a day. */
export function pause(item) {
  stop(item);
  items.change(item, { phase: 'paused', problem: null, retryAt: null });
  remember(item);
  pump();
}

/** Goes on with a paused upload. */
export function resume(item) {
  if (!item.file) {
    items.change(item, { phase: 'lost' });
    return;
  }
  start(item);
  remember(item);
}

/** Tries again at once instead of at the end of a pause. */
export function retryNow(item) {
  stop(item);
  start(item);
}

/** Ends an upload and forgets what has arrived. */
export async function cancel(item) {
  stop(item);
  const { id } = item;
  items.remove(item);
  pump();
  await discard(id);
}

/** Uploads from the beginning, with other options. */
export async function restart(item, options) {
  stop(item);
  const { id } = item;
  items.change(item, { id: null, offset: 0, options, job: null });
  start(item);
  await discard(id);
}

async function discard(id) {
  if (!id) return;
  uploadRecords.delete(id);
  try {
    await fetch(`/files/${id}`, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } });
  } catch {
    // It expires by itself.
  }
}

function remember(item) {
  if (!item.id || !item.file) return undefined;
  return uploadRecords.put({
    id: item.id, name: item.file.name, title: item.name, size: item.size,
    modified: item.file.lastModified, options: item.options, owner: session.user?.id,
    isPaused: item.phase === 'paused',
  });
}

/** Shows the unfinished uploads of the account. The browser needs their files again. */
export async function restore() {
  const owner = session.user?.id;
  let list;
  try {
    list = (await api('GET', '/files'))?.uploads ?? [];
  } catch {
    return;
  }
  const held = await locks();
  const records = new Map((await uploadRecords.all()).map((record) => [record.id, record]));
  if (session.user?.id !== owner) return;
  for (const upload of list) {
    const record = records.get(upload.id);
    records.delete(upload.id);
    // Another client's parts, or known already.
    if (upload.partial || items.byId(upload.id)) continue;
    const isElsewhere = held.has(lockOf(upload.id));
    if (!record && !upload.offset) {
      // Its creation was repeated, because the answer was lost, and it counts as unfinished.
      if (!isElsewhere && Date.now() - Date.parse(upload.created_at) > ABANDONED) discard(upload.id);
      continue;
    }
    items.add({
      id: upload.id, name: record?.title ?? upload.name, size: upload.length, offset: upload.offset,
      phase: 'lost', isElsewhere, record: record ?? { name: upload.name, size: upload.length, modified: null },
      options: record?.options ?? {}, created: upload.created_at ? Date.parse(upload.created_at) : Date.now(),
    });
  }
  for (const [id, record] of records) if (record.owner === session.user?.id) uploadRecords.delete(id);
}

/** Whether `file` is the one that an unfinished upload needs. */
export function fits(item, file) {
  const { name, size, modified } = item.record ?? {};
  return item.phase === 'lost' && file.size === size && file.name === name
    && (modified === null || file.lastModified === modified);
}

/** Goes on with an unfinished upload, whose file is here again. */
export function adopt(item, file) {
  items.change(item, { file });
  start(item);
}

/** Whether closing the page would interrupt something. */
export const isBusy = () => running.size > 0;
