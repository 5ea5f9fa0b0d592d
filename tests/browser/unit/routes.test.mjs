import assert from 'node:assert/strict';
import { test } from 'node:test';

import { service } from './fake-page.mjs';

const elements = new Map();
globalThis.document = {
  getElementById: (id) => {
    if (!elements.has(id)) elements.set(id, { hidden: true, textContent: '', replaceChildren: () => {} });
    return elements.get(id);
  },
};
globalThis.location = { hash: '' };

const { default: en } = await import('../../../components/website/assets/texts/en.js');
const { usePack } = await import('../../../components/website/assets/texts.js');
const { route } = await import('../../../components/website/assets/routes.js');
usePack(en);

test('an address that cannot be decoded is that of an unknown job', async () => {
  location.hash = '#/jobs/%';
  await route({ row: () => assert.fail('there is no row'), isLoaded: true, say: () => {} });
  assert.match(elements.get('notice').textContent, new RegExp(en.codes.no_such_job[0]));
  assert.equal(elements.get('notice').hidden, false);
  assert.deepEqual(service.log, [], 'nobody is asked for it');
});
