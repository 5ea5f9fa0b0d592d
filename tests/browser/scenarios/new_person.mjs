// Somebody who was never here converts a video and finds it again.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { clip } from '../lib/director.mjs';
import { named } from '../lib/files.mjs';
import { PASSWORD, address, ended, row, visit } from '../lib/people.mjs';

export default async function play(stage) {
  const page = await stage.page();
  await visit(page);
  const email = address('new');
  const video = await named(await clip('long_mp4'), 'holiday.mp4');

  // Files first: the form comes by itself, and the file stays.
  await page.setInputFiles('#file', video);
  await row(page, 'holiday.mp4').waitFor();
  await page.fill('#signin input[type=email]', email);
  await page.fill('#signin input[type=password]', PASSWORD);
  await stage.accessible(page, 'a chosen file and the form');
  await stage.show('form', page);
  await page.click('#signin .button');

  const done = await ended(page, 'holiday.mp4');
  await stage.themes(page, 'a finished file');

  // It plays, by ranges.
  const parts = [];
  page.on('response', (answer) => {
    if (answer.url().includes('/download?')) parts.push(answer.status());
  });
  await done.locator('.disc-button').click();
  const position = done.getByRole('slider');
  const plays_beyond = (seconds) => page.waitForFunction(
    (seconds) => Number(document.querySelector('.row [type=range]')?.value) > seconds, seconds);
  await plays_beyond(0);
  await position.fill('15');
  await plays_beyond(15);
  assert.ok(parts.includes(206), `answers to the player: ${parts}`);
  await stage.show('playing', page);
  await stage.accessible(page, 'a file that plays');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    done.locator('.row-actions').getByText('Download').click(),
  ]);
  assert.equal(download.suggestedFilename(), 'holiday.mp3');
  const mp3 = await readFile(await download.path());
  assert.equal(mp3.subarray(0, 3).toString(), 'ID3');

  // Tomorrow.
  await visit(page);
  await ended(page, 'holiday.mp4');

  // On another device.
  const phone = await stage.page({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await visit(phone);
  await phone.locator('#corner').getByRole('button').first().click();
  const other = phone.locator('#signin');
  if (!await other.locator('input[autocomplete=current-password]').count()) {
    await other.getByText('have an account').click();
  }
  await other.locator('input[type=email]').fill(email);
  await other.locator('input[type=password]').fill(PASSWORD);
  await other.locator('.button').click();
  await ended(phone, 'holiday.mp4');
  await stage.fits(phone, 'the list on a phone');
  await stage.show('phone', phone);
}
