// Sends the requests of an upload. `fetch` cannot tell how much of a body is on its way,
// so this uses XMLHttpRequest.

import { Problem } from './api.js';

/** A connection over which nothing has moved for so long is dead, in milliseconds. */
const STALL = 45_000;

/** As `TusUpload` wants it. */
export function send({ method, path, headers, body, progress, signal }) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const request = new XMLHttpRequest();
    let timer;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), STALL);
    };
    const settle = (action, value) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      action(value);
    };
    const abort = () => {
      request.onabort = null;
      request.abort();
      settle(reject, signal.reason);
    };
    request.open(method, path);
    request.setRequestHeader('accept', 'application/json');
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (body && progress) {
      request.upload.onprogress = (event) => {
        watch();
        progress(event.loaded);
      };
    }
    request.onload = () => settle(resolve, {
      status: request.status,
      header: (name) => request.getResponseHeader(name),
      body: request.responseText,
    });
    request.onerror = request.onabort = () => settle(reject, Problem.offline());
    signal.addEventListener('abort', abort);
    watch();
    request.send(body ?? null);
  });
}

/** Resolves after some seconds, or a moment after the network is back. */
export function wait(seconds, signal) {
  return new Promise((resolve, reject) => {
    const end = (action, value) => {
      clearTimeout(timer);
      removeEventListener('online', online);
      signal.removeEventListener('abort', abort);
      action(value);
    };
    const online = () => setTimeout(() => end(resolve), 300);
    const abort = () => end(reject, signal.reason);
    const timer = setTimeout(() => end(resolve), seconds * 1000);
    addEventListener('online', online);
    signal.addEventListener('abort', abort);
  });
}
