// Requests to the API of this origin. Failures are `Problem`s.

/** What a status means where there is no document: in answers to HEAD, or of a proxy. */
const WITHOUT_DOCUMENT = { 401: 'token_expired', 404: 'not_found', 413: 'file_too_large' };

/** What the API, or the network, says is wrong. */
export class Problem extends Error {
  constructor(status, code, { detail = null, field = null, retryAfter = null } = {}) {
    super(detail ?? code);
    Object.assign(this, { status, code, detail, field, retryAfter });
  }

  /** A problem of the reply `body` (RFC 9457), which may also come from a proxy. */
  static of(status, body, retryAfter = null) {
    let document = {};
    try {
      document = JSON.parse(body) ?? {};
    } catch {
      // A proxy's page: the status has to do.
    }
    const code = document.code ?? WITHOUT_DOCUMENT[status] ?? (status >= 500 ? 'unreachable' : 'unknown');
    return new Problem(status, code, {
      detail: document.detail ?? null,
      field: document.field ?? null,
      retryAfter: document.retry_after ?? (Number(retryAfter) || null),
    });
  }

  /** Nothing was reached. */
  static offline() {
    return new Problem(0, 'offline');
  }

  /** Whether the session is over: only another sign-in helps. */
  get isSessionEnd() {
    return this.status === 401 && this.code.startsWith('token_');
  }

  /** Whether the same request may succeed later. */
  get isTransient() {
    return this.status === 0 || this.status === 408 || this.status >= 500;
  }
}

/** Fires `signed-out` when an answer says that the session is over. */
export const events = new EventTarget();

/**
 * Sends a request and returns the JSON of its answer, or null.
 * `json` is the body, `query` a record of parameters.
 */
export async function api(method, path, { json, query, signal } = {}) {
  const search = query ? `?${new URLSearchParams(query)}` : '';
  const headers = { accept: 'application/json' };
  if (json !== undefined) headers['content-type'] = 'application/json';
  let response;
  let body;
  try {
    response = await fetch(path + search, {
      method, headers, signal, cache: 'no-store',
      body: json === undefined ? undefined : JSON.stringify(json),
    });
    body = await response.text();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw Problem.offline();
  }
  if (!response.ok) {
    const problem = Problem.of(response.status, body, response.headers.get('retry-after'));
    if (problem.isSessionEnd) events.dispatchEvent(new Event('signed-out'));
    throw problem;
  }
  try {
    return body ? JSON.parse(body) : null;
  } catch {
    return null;
  }
}
