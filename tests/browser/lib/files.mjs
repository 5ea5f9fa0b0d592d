// Files to upload, in a folder that goes with the process.

import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = await mkdtemp(join(tmpdir(), 'tonearm-browser-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

// The same file under another name.
export async function named(path, name) {
  const copy = join(folder, name);
  await copyFile(path, copy);
  return copy;
}

// A file with these contents.
export async function file(name, contents) {
  const path = join(folder, name);
  await writeFile(path, contents);
  return path;
}

// An MP4 that is `bytes` longer, by a box that readers skip (ISO/IEC 14496-12, section 8.1.2).
export async function padded(path, name, bytes) {
  const box = Buffer.alloc(bytes);
  box.writeUInt32BE(bytes);
  box.write('free', 4);
  return file(name, Buffer.concat([await readFile(path), box]));
}

// The first half of a file.
export async function half(path, name) {
  const whole = await readFile(path);
  return file(name, whole.subarray(0, whole.length / 2));
}
