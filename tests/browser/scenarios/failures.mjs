// What cannot be converted says what is wrong and what would help.

import assert from 'node:assert/strict';

import { clip } from '../lib/director.mjs';
import { file, half, named } from '../lib/files.mjs';
import { ended, visit_as } from '../lib/people.mjs';

export default async function play(stage) {
  const page = await stage.page();
  await visit_as(page, 'failing');
  const files = [
    await named(await clip('video_without_audio'), 'silent.mp4'),
    await file('letter.mp4', 'Dear Sir or Madam, '.repeat(2000)),
    await half(await clip('mp4'), 'cut off.mp4'),
  ];
  await page.setInputFiles('#file', files);
  const seen = new Set();
  for (const path of files) {
    const failed = await ended(page, path.split('/').at(-1), 'bad');
    const [what, help] = await failed.locator('.row-status span').allInnerTexts();
    assert.ok(what?.length > 10 && help?.length > 10, `${path}: ${what} ${help}`);
    console.log(`${path.split('/').at(-1)}: ${what} ${help}`);
    seen.add(what);
  }
  assert.equal(seen.size, files.length, 'each failure has its own words');
  await stage.themes(page, 'failures');
  await stage.show('failures', page);
}
