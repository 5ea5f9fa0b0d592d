// The state of the page: one object per file, from choosing it to the MP3. What the page
// shows is a function of it.

import { Speedometer } from './speed.js';

/**
 * The phases of a file. Local: `chosen` (waits for its owner), `refused`, `waiting` (for
 * its turn), `uploading`, `retrying`, `paused`, `lost` (the browser needs the file again).
 * At the server: `queued`, `converting`, `done`, `failed`, `expired`.
 */
const LOCAL = new Set(['chosen', 'refused', 'waiting', 'uploading', 'retrying', 'paused', 'lost']);
const RUNNING = new Set(['waiting', 'uploading', 'retrying', 'queued', 'converting']);

export const isLocal = (item) => LOCAL.has(item.phase);
export const isRunning = (item) => RUNNING.has(item.phase);

let nextKey = 1;

/** Fires `added`, `changed`, `removed` (with `item`) and `cleared`. */
class Items extends EventTarget {
  /** By key. */
  all = new Map();
  /** The keys of uploads and jobs by id. */
  keys = new Map();

  /** The item of an upload or a job. */
  byId(id) {
    return this.all.get(this.keys.get(id));
  }

  /** Adds a file. */
  add(fields) {
    const item = {
      key: `item-${nextKey++}`, id: null, name: '', size: 0, created: Date.now(), phase: 'chosen',
      file: null, options: {}, offset: 0, problem: null, retryAt: null, batch: null, job: null,
      progress: 0, speed: new Speedometer(), ...fields,
    };
    this.all.set(item.key, item);
    if (item.id) this.keys.set(item.id, item.key);
    this.fire('added', item);
    return item;
  }

  /** Changes fields of an item. */
  change(item, fields = {}) {
    if (!this.all.has(item.key)) return;
    const phase = item.phase;
    if (fields.id !== undefined && fields.id !== item.id) {
      this.keys.delete(item.id);
      if (fields.id) this.keys.set(fields.id, item.key);
    }
    Object.assign(item, fields);
    this.fire('changed', item, phase);
  }

  remove(item) {
    if (!this.all.delete(item.key)) return;
    this.keys.delete(item.id);
    this.fire('removed', item);
  }

  /** Forgets everything of the account. Files that wait for a sign-in stay, unless `withChosen`. */
  clear({ withChosen = false } = {}) {
    for (const item of [...this.all.values()]) {
      if (withChosen || item.phase !== 'chosen' && item.phase !== 'refused') this.remove(item);
    }
  }

  /** Takes over what the server says of a job. */
  receive(job) {
    const known = this.byId(job.id);
    const fields = this.fieldsOf(job);
    if (!known) {
      this.add({ id: job.id, created: Date.parse(job.created_at), ...fields });
      return;
    }
    // A late answer must not undo a newer one.
    if (known.job && Date.parse(known.job.updated_at) > Date.parse(job.updated_at)) return;
    if (known.phase !== fields.phase) known.speed.reset();
    if (fields.phase === 'converting') known.speed.add(Date.now(), fields.progress);
    // Only the job's own page has its tracks.
    if (known.job?.tracks && !job.tracks) job.tracks = known.job.tracks;
    this.change(known, fields);
  }

  fieldsOf(job) {
    const isExpired = job.state === 'done' && Date.parse(job.mp3?.expires_at) < Date.now();
    return {
      job, name: job.name, size: job.size, offset: job.size, progress: job.progress, options: job.options ?? {},
      phase: isExpired ? 'expired' : job.state, problem: job.state === 'failed' ? job.error : null,
    };
  }

  fire(type, item, before) {
    this.dispatchEvent(Object.assign(new Event(type), { item, before }));
  }
}

export const items = new Items();
