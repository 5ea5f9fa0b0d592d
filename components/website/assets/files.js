// Takes files: chosen, dropped, pasted, or all of a folder. Refuses what the server would.

import { Problem, api } from './api.js';

/** What the server allows; without an answer nothing is refused here. */
export let limits = {};

/** Asks for the limits. */
export async function loadLimits() {
  try {
    limits = await api('GET', '/limits') ?? {};
  } catch {
    // The server refuses then.
  }
}

const MEDIA = new RegExp(
  '\\.(3g[p2]|aac|ac3|aif[fc]?|amr|ape|asf|au|avi|caf|dff|divx|dsf|dv|eac3|f4v|flac|flv|m2ts|m4[abv]|'
  + 'mk[av]|mov|mp[1234c]|mp\\+|mpe?g|mts|mxf|og[agmvx]|opus|qt|ra|rm(vb)?|snd|spx|tod|ts|tta|vob|wav|'
  + 'webm|wm[av]|wv)$', 'i');
const OTHER_TYPES = /^(image|text|font)\/|^application\/(pdf|zip|msword|vnd\.|json|x-7z|x-rar)/;

/** For the dialog that chooses files. */
export const ACCEPT = 'video/*,audio/*,.mkv,.mka,.mts,.m2ts,.flv,.wv,.ape,.tta,.mpc,.dsf,.dff,.caf,.rm,.rmvb,.ra,.dv,.vob,.ts,.tod';

/** Whether a file of a folder is worth a try. */
export function looksLikeMedia(file) {
  return /^(video|audio)\//.test(file.type) || MEDIA.test(file.name);
}

/** Why a file would be refused, or null. */
export function refusal(file) {
  if (file.size === 0) return new Problem(400, 'empty_file');
  if (limits.upload_max_bytes && file.size > limits.upload_max_bytes) return new Problem(413, 'file_too_large');
  if (OTHER_TYPES.test(file.type) && !MEDIA.test(file.name)) return new Problem(415, 'not_media');
  return null;
}

/** The files of a drop, with those in folders; `skipped` counts what is no media there. */
export async function filesOf(transfer) {
  // The list is emptied as soon as this function waits.
  const entries = [...transfer.items].map((entry) => entry.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...transfer.files];
  if (!entries.some((entry) => entry.isDirectory)) return { files: plain, skipped: 0 };
  const found = { files: [], skipped: 0 };
  for (const entry of entries) await walk(entry, found, true);
  return found;
}

async function walk(entry, found, isTop) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
    if (!file) return;
    if (isTop || looksLikeMedia(file)) found.files.push(file);
    else if (!file.name.startsWith('.')) found.skipped += 1;
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A reader hands out a hundred entries at a time.
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (!batch.length) return;
    for (const child of batch) await walk(child, found, false);
  }
}

/** The files of a folder that was chosen in a dialog. */
export function ofFolder(list) {
  const files = [...list].filter(looksLikeMedia);
  const skipped = [...list].filter((file) => !looksLikeMedia(file) && !file.name.startsWith('.')).length;
  return { files, skipped };
}

/**
 * Calls `take(files, skipped)` for everything that is dropped on the page or pasted.
 * `over(is)` says whether files are being dragged over it.
 */
export function listen(take, over) {
  const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
  let depth = 0;
  addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    over(true);
  });
  addEventListener('dragleave', (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) over(false);
  });
  addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  });
  addEventListener('drop', async (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    over(false);
    const { files, skipped } = await filesOf(event.dataTransfer);
    take(files, skipped);
  });
  addEventListener('paste', (event) => {
    const files = [...event.clipboardData?.files ?? []];
    if (!files.length) return;
    event.preventDefault();
    take(files, 0);
  });
}
