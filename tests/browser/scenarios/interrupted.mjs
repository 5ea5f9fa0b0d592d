// An upload goes on after the service was killed, after a reload, and after a lost network.

import assert from 'node:assert/strict';

import { clip, kill, start } from '../lib/director.mjs';
import { padded } from '../lib/files.mjs';
import { ended, row, slow_uploads, visit, visit_as } from '../lib/people.mjs';

const SIZE = 16 * 1024 * 1024;

// The bytes of the account's unfinished upload that the service has.
const arrived = (page) => page.evaluate(async () => {
  const answer = await fetch('/files');
  return answer.ok ? (await answer.json()).uploads[0]?.offset ?? 0 : 0;
});

async function some_arrived(page) {
  for (;;) {
    const bytes = await arrived(page).catch(() => 0);
    if (bytes > 0) return bytes;
    await page.waitForTimeout(200);
  }
}

export default async function play(stage) {
  const page = await stage.page();
  stage.expect(/ERR_|net::|50[234]|423|409/);
  await visit_as(page, 'patient');
  const video = await padded(await clip('mp4'), 'long.mp4', SIZE);

  await slow_uploads(page, 2 * 1024 * 1024);
  await page.setInputFiles('#file', video);
  const before = await some_arrived(page);
  await kill();
  await stage.show('killed', page);
  await start();
  await page.waitForFunction(() => /\d/.test(document.querySelector('.row-status')?.textContent ?? ''));
  const after = await some_arrived(page);
  assert.ok(after >= before, `${before} bytes had arrived, and ${after} are there`);

  // A reload: the browser needs the file again, once.
  page.once('dialog', (dialog) => dialog.accept());
  await visit(page);
  await row(page, 'long.mp4').getByText('Choose the file again').waitFor();
  await stage.show('reloaded', page);
  await stage.accessible(page, 'an upload that needs its file');
  const kept = await arrived(page);
  assert.ok(kept >= after, `${after} bytes had arrived, and ${kept} are there`);
  const continued = page.waitForRequest((it) => it.method() === 'PATCH');
  await page.setInputFiles('#file', video);
  await continued;
  await page.context().setOffline(true);
  await page.locator('#notice').waitFor();
  await stage.show('offline', page);
  await page.context().setOffline(false);
  await ended(page, 'long.mp4');
  assert.equal(await page.locator('li.row').count(), 1, 'one file, one row');
}
