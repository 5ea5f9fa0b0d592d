// One resumable upload by tus 1.0.0 (https://tus.io/protocols/resumable-upload).
// It knows neither the page nor the browser's storage; `send` does the requests.

import { Problem } from './api.js';

const VERSION = { 'tus-resumable': '1.0.0' };
/** Pauses before further attempts, in seconds; the last one repeats. */
export const PAUSES = [1, 2, 4, 8, 15, 30];
/** Another writer of a dead connection gives up the upload within some seconds. */
const LOCKED_PAUSE = 3;

/** `Upload-Metadata` of a record; empty values are left out. */
export function metadata(record) {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([key, value]) => `${key} ${base64(String(value))}`)
    .join(',');
}

function base64(text) {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The id of the upload at a `Location`; it is also that of the job. */
export function idOf(location) {
  return location.split('?')[0].split('/').filter(Boolean).pop();
}

/**
 * Uploads `file` until all of it has arrived.
 *
 * `send({method, path, headers, body, progress, signal})` resolves to `{status, header, body}` or
 * rejects with a `Problem` if nothing was reached. `report` has callbacks: `created(id)`,
 * `progress(bytes)`, `trying()`, `waiting(problem, seconds)`. `wait(seconds, signal)`
 * resolves after a pause, or earlier if the network is back. `isSameAccount()` resolves to
 * whether the requests are still made for the account that the upload began with.
 */
export class TusUpload {
  constructor({ file, metadata: record, id = null, send, wait, report, isSameAccount }) {
    Object.assign(this, { file, record, id, send, wait, report, isSameAccount });
    this.offset = null;
    this.failures = 0;
    this.recreated = false;
  }

  /** Resolves when all bytes have arrived. Rejects with what is final, or an AbortError. */
  async run(signal) {
    for (;;) {
      try {
        this.report.trying();
        if (this.id === null) await this.create(signal);
        if (this.offset === null) await this.locate(signal);
        if (this.offset === this.file.size) return;
        await this.append(signal);
      } catch (error) {
        // Whatever went wrong with what nobody wants any more.
        if (signal.aborted) throw signal.reason;
        await this.recover(error, signal);
      }
    }
  }

  async create(signal) {
    // To another account, an upload is as unknown as one that has expired.
    if (this.recreated && !await this.isSameAccount()) throw new Problem(404, 'no_such_upload');
    const answer = await this.request('POST', '/files', signal, {
      headers: { 'upload-length': String(this.file.size), 'upload-metadata': metadata(this.record) },
    });
    this.id = idOf(answer.header('location') ?? '');
    this.moveTo(0);
    await this.report.created(this.id);
  }

  /** Asks for the true offset: after an error nobody knows what has arrived. */
  async locate(signal) {
    const answer = await this.request('HEAD', `/files/${this.id}`, signal);
    const length = Number(answer.header('upload-length'));
    if (length !== this.file.size) throw new Problem(409, 'other_file');
    this.moveTo(Number(answer.header('upload-offset')));
  }

  /** Sends the rest in one request. The server keeps what arrives of it. */
  async append(signal) {
    const start = this.offset;
    this.offset = null;
    const answer = await this.request('PATCH', `/files/${this.id}`, signal, {
      headers: { 'upload-offset': String(start), 'content-type': 'application/offset+octet-stream' },
      body: this.file.slice(start),
      progress: (sent) => this.report.progress(start + sent),
    });
    this.moveTo(Number(answer.header('upload-offset')));
  }

  moveTo(offset) {
    if (offset > (this.reached ?? 0)) this.failures = 0;
    this.reached = offset;
    this.offset = offset;
    this.report.progress(offset);
  }

  async request(method, path, signal, { headers, body, progress } = {}) {
    const answer = await this.send({
      method, path, body, progress, signal, headers: { ...VERSION, ...headers },
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    // The answer to HEAD has no body.
    throw Problem.of(answer.status, answer.body, answer.header('retry-after'));
  }

  /** Waits if another attempt may help, else rejects. */
  async recover(error, signal) {
    if (!(error instanceof Problem)) throw error;
    this.offset = null;
    const isGone = this.id !== null && (error.status === 404 || error.status === 410);
    if (isGone && !this.recreated) {
      // It has expired: begin again, once.
      this.recreated = true;
      this.id = null;
      this.report.progress(0);
      return;
    }
    const isLocked = error.status === 423;
    const isElsewhere = error.status === 409 && error.code !== 'other_file';
    if (!isLocked && !isElsewhere && !error.isTransient) throw error;
    const pause = isLocked ? LOCKED_PAUSE : PAUSES[Math.min(this.failures, PAUSES.length - 1)];
    if (!isLocked) this.failures += 1;
    if (isElsewhere && this.failures === 1) return;
    const seconds = Math.max(pause, error.retryAfter ?? 0);
    this.report.waiting(error, seconds);
    await this.wait(seconds, signal);
  }
}
