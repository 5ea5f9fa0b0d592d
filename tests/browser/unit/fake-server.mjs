// A server of tus in memory that can be told to fail.

import { Problem } from '../../../components/website/assets/api.js';

export class FakeServer {
  uploads = new Map();
  log = [];
  /** For the next requests: null, or `{status, code, retryAfter}`. */
  failures = [];
  /** Offsets at which the connection is cut, each once. */
  cutAt = [];
  /** So many answers of PATCH get lost. */
  loseAnswers = 0;
  /** Whether new uploads are forgotten at once. */
  forgetful = false;
  onPatch = () => {};

  send = async ({ method, path, headers, body, signal }) => {
    this.log.push(method);
    const failure = this.failures.shift();
    if (failure) {
      const text = JSON.stringify({ code: failure.code, retry_after: failure.retryAfter });
      return answer(failure.status, {}, method === 'HEAD' ? '' : text);
    }
    if (method === 'POST') return this.create(headers);
    const upload = this.uploads.get(path.split('/').at(-1));
    if (!upload) return answer(404, {}, '{"code":"no_such_upload"}');
    const state = () => ({ 'upload-offset': String(upload.bytes.length), 'upload-length': String(upload.length) });
    if (method === 'HEAD') return answer(200, state());
    if (Number(headers['upload-offset']) !== upload.bytes.length) return answer(409, {}, '{"code":"offset_mismatch"}');
    this.onPatch();
    if (signal.aborted) throw signal.reason;
    for (const byte of new Uint8Array(await body.arrayBuffer())) {
      upload.bytes.push(byte);
      if (this.cutAt[0] === upload.bytes.length) {
        this.cutAt.shift();
        throw Problem.offline();
      }
    }
    if (this.loseAnswers-- > 0) throw Problem.offline();
    return answer(204, state());
  };

  create(headers) {
    const id = `upload-${this.uploads.size + 1}`;
    const metadata = Object.fromEntries(headers['upload-metadata'].split(',').map((entry) => {
      const [key, value] = entry.split(' ');
      return [key, Buffer.from(value, 'base64').toString()];
    }));
    if (!this.forgetful) this.uploads.set(id, { length: Number(headers['upload-length']), metadata, bytes: [] });
    return answer(201, { location: `/files/${id}` });
  }
}

const answer = (status, headers, body = '') => ({ status, body, header: (name) => headers[name] ?? null });
