// The jobs of the account: the history by pages, and live changes.

import { Problem, api } from './api.js';
import { isLocal, items } from './items.js';

const PAGE = 20;
/** Jobs that a poll asks for. */
const NEWEST = 50;
/** Between two polls, in milliseconds, while events do not come through. */
const POLL = 3000;
/** After this many milliseconds events are tried again. */
const RECONNECT = 15_000;

/** Fires `change` when `next` or `isLive` has changed. */
class Jobs extends EventTarget {
  /** Path of the next page of the history; null at its end. */
  next = null;
  source = null;
  timer = null;
  wasOpen = false;

  /** Loads the first page and follows all changes. */
  async open() {
    this.close();
    this.listen();
    try {
      await this.load(`/jobs?limit=${PAGE}`);
    } catch (error) {
      this.poll();
      throw error;
    }
  }

  /** Loads the next page of the history. */
  async more() {
    if (this.next) await this.load(this.next);
  }

  async load(path) {
    const page = await api('GET', path);
    for (const job of page.jobs) items.receive(job);
    this.next = page.next ?? null;
    this.dispatchEvent(new Event('change'));
  }

  /** One job with its tracks and attempts; null if there is none. */
  async one(id) {
    try {
      const job = await api('GET', `/jobs/${encodeURIComponent(id)}`);
      items.receive(job);
      return job;
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return null;
      throw error;
    }
  }

  listen() {
    this.source = new EventSource('/events');
    this.source.addEventListener('job', (event) => items.receive(JSON.parse(event.data)));
    this.source.addEventListener('gone', (event) => {
      const item = items.byId(JSON.parse(event.data).id);
      if (item && !isLocal(item)) items.remove(item);
    });
    this.source.onopen = () => {
      this.stopPolling();
      // What was deleted long ago is not among the events.
      if (this.wasOpen) this.catchUp().catch(() => {});
      this.wasOpen = true;
    };
    this.source.onerror = () => {
      // After an answer that is no stream, the browser does not try again by itself.
      if (this.source?.readyState === EventSource.CLOSED) this.poll();
    };
  }

  /** Compares the newest jobs with the list. */
  async catchUp() {
    const { jobs: list, next } = await api('GET', '/jobs', { query: { limit: NEWEST } });
    for (const job of list) items.receive(job);
    const oldest = next ? Date.parse(list.at(-1)?.created_at) : 0;
    const ids = new Set(list.map((job) => job.id));
    for (const item of [...items.all.values()]) {
      if (item.job && !isLocal(item) && !ids.has(item.id) && Date.parse(item.job.created_at) >= oldest) items.remove(item);
    }
  }

  poll() {
    if (this.timer) return;
    const started = Date.now();
    const step = async () => {
      try {
        await this.catchUp();
      } catch {
        // The next poll may succeed; the end of the session closes this.
      }
      if (!this.timer) return;
      if (Date.now() - started > RECONNECT) {
        this.stopPolling();
        this.listen();
      } else this.timer = setTimeout(step, POLL);
    };
    this.timer = setTimeout(step, POLL);
  }

  stopPolling() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  close() {
    this.source?.close();
    this.source = null;
    this.wasOpen = false;
    this.stopPolling();
    this.next = null;
    this.dispatchEvent(new Event('change'));
  }
}

export const jobs = new Jobs();

/** Renames a job. */
export async function rename(item, name) {
  items.receive(await api('PATCH', `/jobs/${item.id}`, { json: { name } }));
}

/** Deletes a job and its files. */
export async function remove(item) {
  try {
    await api('DELETE', `/jobs/${item.id}`);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
  }
  items.remove(item);
}

/** Converts a job again from the video that the server has kept. */
export async function convertAgain(item, options) {
  const job = await api('POST', `/jobs/${item.id}/convert`, { json: options });
  items.receive(job);
}

/** Whether the server still has the video of a job. */
export function hasVideo(item) {
  return Date.parse(item.job?.video_kept_until) > Date.now();
}

/** The path of the MP3 of a job. */
export const downloadPath = (id) => `/download?fid=${encodeURIComponent(id)}`;

/** The path of an archive of the MP3s of several jobs, at most a hundred. */
export function zipPath(list) {
  return `/download/zip?${list.slice(0, 100).map((item) => `fid=${encodeURIComponent(item.id)}`).join('&')}`;
}
