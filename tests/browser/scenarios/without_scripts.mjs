// Without JavaScript: forms, and pages of the gateway.

import assert from 'node:assert/strict';

import { clip } from '../lib/director.mjs';
import { named } from '../lib/files.mjs';
import { PASSWORD, register } from '../lib/people.mjs';

export default async function play(stage) {
  const page = await stage.page({ javaScriptEnabled: false });
  const email = await register('plain');
  await page.goto('/');
  await stage.show('forms', page);
  const sign_in = page.locator('form[action="/session"]:has(input[name=password])');
  await sign_in.locator('input[name=email]').fill(email);
  await sign_in.locator('input[name=password]').fill(PASSWORD);
  await sign_in.locator('button').click();
  await page.waitForURL('/');
  const upload = page.locator('form[action="/upload"]');
  await upload.locator('input[type=file]').setInputFiles(await named(await clip('mp4'), 'plain.mp4'));
  await upload.locator('button').click();
  await page.waitForURL('/jobs');
  await page.getByText('plain.mp4').waitFor();
  await stage.show('jobs', page);
  // The page loads itself again while something is unfinished.
  const link = page.locator('a[href^="/download?"]');
  await link.first().waitFor();
  await stage.show('done', page);
  const [download] = await Promise.all([page.waitForEvent('download'), link.first().click()]);
  assert.equal(download.suggestedFilename(), 'plain.mp3');

  // The same pages, judged by axe, which is a script.
  const judged = await stage.page({ viewport: { width: 320, height: 640 } });
  await judged.context().addCookies(await page.context().cookies());
  await judged.goto('/jobs');
  await judged.getByText('plain.mp4').waitFor();
  await stage.themes(judged, 'plain jobs');
  await stage.fits(judged, 'plain jobs');
}
