// A file beyond the limit is refused before a byte is sent.

import assert from 'node:assert/strict';

import { clip } from '../lib/director.mjs';
import { padded } from '../lib/files.mjs';
import { ended, visit_as } from '../lib/people.mjs';

export default async function play(stage) {
  const page = await stage.page();
  await visit_as(page, 'large');
  const sent = [];
  page.on('request', (request) => {
    if (['POST', 'PATCH', 'PUT'].includes(request.method())) sent.push(request.url());
  });
  await page.setInputFiles('#file', await padded(await clip('mp4'), 'huge.mp4', 4 * 1024 * 1024));
  const refused = await ended(page, 'huge.mp4', 'bad');
  const text = await refused.locator('.row-status').innerText();
  assert.match(text, /2\.?\d* MB/, 'the limit is named');
  await stage.themes(page, 'a refused file');
  assert.deepEqual(sent, [], 'requests with a body');
}
