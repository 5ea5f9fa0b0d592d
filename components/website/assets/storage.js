// What this browser remembers. Without storage (private windows) the page works, and
// forgets.

/** A setting, or null. */
export function setting(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a setting; null forgets it. */
export function keepSetting(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Nothing is remembered.
  }
}

const STORE = 'uploads';

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('tonearm', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

let database = null;

async function run(mode, action) {
  try {
    database ??= open();
    const store = (await database).transaction(STORE, mode).objectStore(STORE);
    return await new Promise((resolve, reject) => {
      const request = action(store);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } catch {
    return undefined;
  }
}

/**
 * The unfinished uploads of this browser: id, name, size, modified (ms), options, owner
 * (account id), isPaused.
 */
export const uploadRecords = {
  all: async () => (await run('readonly', (store) => store.getAll())) ?? [],
  put: (record) => run('readwrite', (store) => store.put(record)),
  delete: (id) => run('readwrite', (store) => store.delete(id)),
};
