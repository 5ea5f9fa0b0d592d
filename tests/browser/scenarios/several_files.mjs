// Several files at once: some can be converted, one cannot.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { clip } from '../lib/director.mjs';
import { named } from '../lib/files.mjs';
import { ended, visit_as } from '../lib/people.mjs';

export default async function play(stage) {
  const page = await stage.page();
  await visit_as(page, 'several');
  const video = await clip('mp4');
  const names = ['eins.mp4', 'zwei – ü.mp4', '三.mp4'];
  const files = await Promise.all(names.map((name) => named(video, name)));
  const silent = await named(await clip('video_without_audio'), 'silent.mp4');
  await page.setInputFiles('#file', [...files, silent]);
  for (const name of names) await ended(page, name);
  const failed = await ended(page, 'silent.mp4', 'bad');
  assert.ok((await failed.locator('.row-status').innerText()).length > 20);
  await stage.themes(page, 'several files');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('#batch').getByText('ZIP').click(),
  ]);
  assert.match(download.suggestedFilename(), /^tonearm-.*\.zip$/);
  const zip = await readFile(await download.path());
  for (const name of names) {
    assert.ok(zip.includes(Buffer.from(name.replace('.mp4', '.mp3'))), `${name} is in the ZIP`);
  }
}
