// What the modules of the page want of a browser, as far as they are tested without one.
// Import it before them.

/** What `fetch` and XMLHttpRequest do, for each test anew: `{method, path, signal}` to `{status, headers, body}`. */
export const service = { log: [], answer: null };

/** What IndexedDB holds: records of uploads by id. */
export const records = new Map();

/** The names of the locks that other tabs hold. */
export const locks = new Set();

/** Resolves when `count` requests have been made. */
export async function requested(count) {
  for (let turn = 0; service.log.length < count; turn += 1) {
    if (turn === 1000) throw new Error(`only ${service.log} was asked`);
    await new Promise(setImmediate);
  }
}

const ask = (method, path) => {
  service.log.push(`${method} ${path}`);
  return service.answer(method, path);
};

globalThis.fetch = async (path, { method }) => {
  const { status = 200, json = null } = await ask(method, path);
  return { ok: status < 300, status, text: async () => JSON.stringify(json), headers: new Headers() };
};

globalThis.XMLHttpRequest = class {
  upload = {};
  open(method, path) {
    Object.assign(this, { method, path });
  }

  setRequestHeader() {}

  async send() {
    const { status = 200, json = null, headers = {} } = await ask(this.method, this.path);
    this.status = status;
    this.responseText = JSON.stringify(json);
    this.getResponseHeader = (name) => headers[name] ?? null;
    if (!this.isAborted) this.onload();
  }

  abort() {
    this.isAborted = true;
    this.onabort?.();
  }
};

const page = new EventTarget();
globalThis.addEventListener = page.addEventListener.bind(page);
globalThis.removeEventListener = page.removeEventListener.bind(page);

Object.defineProperty(globalThis, 'navigator', {
  value: {
    locks: {
      request: async (name, held) => held(),
      query: async () => ({ held: [...locks].map((name) => ({ name })) }),
    },
  },
});

/** A request of IndexedDB that succeeds with `result`. */
function succeed(result) {
  const request = { result };
  queueMicrotask(() => request.onsuccess?.());
  return request;
}

const store = {
  getAll: () => succeed([...records.values()]),
  put: (record) => succeed(records.set(record.id, record)),
  delete: (id) => succeed(records.delete(id)),
};
globalThis.indexedDB = { open: () => succeed({ transaction: () => ({ objectStore: () => store }) }) };
