// The session ends in the middle of an upload. Signing in again goes on.

import assert from 'node:assert/strict';

import { clip } from '../lib/director.mjs';
import { padded } from '../lib/files.mjs';
import { PASSWORD, ended, sign_out_everywhere, slow_uploads, visit_as } from '../lib/people.mjs';

export default async function play(stage) {
  const page = await stage.page();
  stage.expect(/401/);
  const email = await visit_as(page, 'expired');
  const video = await padded(await clip('mp4'), 'meeting.mp4', 8 * 1024 * 1024);
  const full_speed = await slow_uploads(page, 1024 * 1024);
  const begun = page.waitForRequest((it) => it.method() === 'PATCH' || it.method() === 'POST' && it.url().endsWith('/files'));
  await page.setInputFiles('#file', video);
  await begun;
  await sign_out_everywhere(email);
  const password = page.locator('#signin input[type=password]');
  await password.waitFor();
  await full_speed();
  await stage.accessible(page, 'a session that has ended');
  await stage.show('ended', page);
  assert.equal(await page.locator('#signin input[type=email]').inputValue(), email);
  await password.fill(PASSWORD);
  await page.click('#signin .button');
  await ended(page, 'meeting.mp4');
}
