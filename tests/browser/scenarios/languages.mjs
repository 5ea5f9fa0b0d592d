// German, right to left, long names, narrow windows.

import assert from 'node:assert/strict';

import { clip } from '../lib/director.mjs';
import { named } from '../lib/files.mjs';
import { ended, visit_as } from '../lib/people.mjs';

export default async function play(stage) {
  const page = await stage.page({ locale: 'de-DE', viewport: { width: 320, height: 640 } });
  await visit_as(page, 'sprachen');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  const names = [`${'Sehr langer Name '.repeat(10)}.mp4`, '日本語の長い名前のビデオファイル.mp4', `${'ohneleerzeichen'.repeat(8)}.mp4`];
  const video = await clip('mp4');
  await page.setInputFiles('#file', await Promise.all(names.map((name) => named(video, name))));
  for (const name of names) await ended(page, name.slice(0, 12));
  await stage.themes(page, 'German at 320 px');
  await stage.fits(page, 'German at 320 px');

  await page.evaluate(() => {
    document.documentElement.dir = 'rtl';
  });
  await stage.fits(page, 'right to left at 320 px');
  await stage.show('rtl', page);
  await page.evaluate(() => {
    document.documentElement.dir = 'ltr';
  });
  for (const width of [768, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await stage.fits(page, `German at ${width} px`);
    await stage.show(`${width}`, page);
  }
}
