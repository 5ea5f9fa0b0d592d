// Everything with the keyboard alone.

import assert from 'node:assert/strict';

import { clip } from '../lib/director.mjs';
import { named } from '../lib/files.mjs';
import { PASSWORD, address, ended, row, visit } from '../lib/people.mjs';

// Presses Tab until the element that has the focus satisfies `wanted`.
async function tab_to(page, wanted) {
  for (let presses = 0; presses < 60; presses += 1) {
    const found = await page.evaluate(() => {
      const it = document.activeElement;
      const visible = it !== document.body && it.checkVisibility();
      const outline = getComputedStyle(it);
      const is_marked = outline.outlineStyle !== 'none' || outline.boxShadow !== 'none';
      return { name: (it.getAttribute('aria-label') ?? it.textContent ?? '').trim(), type: it.type ?? '', id: it.id, visible, is_marked };
    });
    if (found.visible) assert.ok(found.is_marked, `the focus is visible on ${JSON.stringify(found)}`);
    if (found.visible && wanted(found)) return found;
    await page.keyboard.press('Tab');
  }
  assert.fail(`no way to it with Tab: ${wanted}`);
}

export default async function play(stage) {
  const page = await stage.page({ reducedMotion: 'reduce' });
  // Before the key is pressed: the browser is told to report the dialog, which takes a moment.
  const chooser = page.waitForEvent('filechooser');
  await visit(page);
  await page.keyboard.press('Tab');
  await tab_to(page, (it) => it.id === 'choose');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(await named(await clip('mp4'), 'keys.mp4'));
  await row(page, 'keys.mp4').waitFor();

  await tab_to(page, (it) => it.type === 'email');
  await page.keyboard.type(address('keys'));
  await tab_to(page, (it) => it.type === 'password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await ended(page, 'keys.mp4');

  await tab_to(page, (it) => it.name.startsWith('Play'));
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => Number(document.querySelector('.row [type=range]')?.value) > 0);

  await tab_to(page, (it) => it.name.startsWith('More for'));
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu');
  await menu.waitFor();
  await stage.accessible(page, 'an open menu');
  await stage.show('menu', page);
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
  await dialog.waitFor();
  await stage.accessible(page, 'the question before deleting');
  await tab_to(page, (it) => it.name === 'Delete');
  await page.keyboard.press('Enter');
  await row(page, 'keys.mp4').waitFor({ state: 'detached' });
  const focused = await page.evaluate(() => document.activeElement !== document.body);
  assert.ok(focused, 'the focus is not lost');
}
