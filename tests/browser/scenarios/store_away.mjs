// Redis goes away in the middle of an upload and comes back.

import { clip, startRedis, stopRedis } from '../lib/director.mjs';
import { padded } from '../lib/files.mjs';
import { ended, slow_uploads, visit_as } from '../lib/people.mjs';

export default async function play(stage) {
  const page = await stage.page();
  stage.expect(/50[0-9]|ERR_|423|409/);
  await visit_as(page, 'outage');
  const full_speed = await slow_uploads(page, 1024 * 1024);
  const begun = page.waitForRequest((it) => it.method() === 'PATCH');
  await page.setInputFiles('#file', await padded(await clip('mp4'), 'outage.mp4', 8 * 1024 * 1024));
  await begun;
  await stopRedis();
  await page.getByText('It goes on by itself').waitFor();
  await stage.accessible(page, 'an upload that waits');
  await stage.show('away', page);
  await full_speed();
  await startRedis();
  await ended(page, 'outage.mp4');
}
