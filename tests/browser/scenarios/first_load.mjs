// The page as a stranger sees it.

import assert from 'node:assert/strict';

import { visit } from '../lib/people.mjs';

const MOST_BYTES = 60 * 1024;

// The bytes that a visit moves, headers included, by URL.
async function transfers(page, act) {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const urls = new Map();
  const bytes = new Map();
  network.on('Network.responseReceived', ({ requestId, response }) => urls.set(requestId, `${response.status} ${response.url}`));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => bytes.set(urls.get(requestId), encodedDataLength));
  await act();
  await page.waitForLoadState('networkidle');
  await network.detach();
  return bytes;
}

export default async function play(stage) {
  const page = await stage.page();
  const first = await transfers(page, () => visit(page));
  const sum = [...first.values()].reduce((a, b) => a + b, 0);
  console.log(`first load: ${sum} bytes in ${first.size} responses`);
  assert.ok(sum <= MOST_BYTES, `the first load takes ${sum} bytes: ${JSON.stringify([...first], null, 1)}`);

  // The browser has everything, so the page alone is asked for, and has not changed.
  const tag = (await page.request.get('/', { headers: { accept: 'text/html' } })).headers().etag;
  const again = await page.request.get('/', { headers: { accept: 'text/html', 'if-none-match': tag } });
  assert.equal(again.status(), 304);
  const second = await transfers(page, () => visit(page));
  const site = [...second.keys()].filter((it) => it.includes('/site/'));
  console.log(`second load: ${[...second.values()].reduce((a, b) => a + b, 0)} bytes`);
  for (const url of site) assert.equal(second.get(url), 0, `${url} was loaded again`);

  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await stage.accessible(page, colorScheme);
    await stage.show(colorScheme, page);
  }
  for (const width of [320, 768, 1440]) {
    await page.setViewportSize({ width, height: 720 });
    await stage.fits(page, `the page at ${width} px`);
    await stage.show(`${width}`, page);
  }
}
