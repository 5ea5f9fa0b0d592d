// The panels of a row, the page of the account and that of administrators, in both themes.

import { admin, clip } from '../lib/director.mjs';
import { named } from '../lib/files.mjs';
import { PASSWORD, ended, row, sign_in, visit } from '../lib/people.mjs';

export default async function play(stage) {
  const { email } = await admin();
  const page = await stage.page();
  await visit(page);
  await sign_in(page, email);

  await page.click('#change');
  await page.locator('#defaults').getByText('Mono').first().waitFor();
  await stage.themes(page, 'options');
  await page.click('#change');

  await page.setInputFiles('#file', await named(await clip('mp4'), 'cut me.mp4'));
  const done = await ended(page, 'cut me.mp4');
  await done.getByRole('button', { name: 'Cut: cut me.mp4' }).click();
  await done.locator('form').first().waitFor();
  await stage.themes(page, 'cutting');
  await done.getByRole('button', { name: 'Close' }).first().click();

  await done.getByRole('button', { name: 'More for cut me.mp4' }).click();
  await page.getByRole('menuitem', { name: 'Details' }).click();
  await stage.themes(page, 'details');
  await done.getByRole('button', { name: 'Close' }).first().click();
  await done.getByRole('button', { name: 'More for cut me.mp4' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await done.getByRole('textbox').fill('renamed.mp4');
  await stage.accessible(page, 'renaming');
  await page.keyboard.press('Enter');
  await row(page, 'renamed.mp4').waitFor();

  for (const address of ['account', 'admin']) {
    await page.goto(`/#/${address}`);
    await page.locator('#page h1').waitFor();
    await page.locator('#page h2').first().waitFor();
    await stage.themes(page, address);
    await page.setViewportSize({ width: 320, height: 640 });
    await stage.fits(page, address);
    await stage.show(`${address}-320`, page);
    await page.setViewportSize({ width: 1024, height: 768 });
  }
}
