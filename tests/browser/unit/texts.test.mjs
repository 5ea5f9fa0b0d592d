import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { LANGUAGES, explain, preferred, t, usePack } from '../../../components/website/assets/texts.js';

const root = new URL('../../../', import.meta.url);
const assets = new URL('components/website/assets/', root);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const packs = {};
for (const code of Object.keys(LANGUAGES)) {
  packs[code] = (await import(new URL(`texts/${code}.js`, assets))).default;
}

test('each language has the same texts with the same values', () => {
  const values = (text) => [...String(typeof text === 'string' ? text : text.other).matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [code, pack] of Object.entries(packs)) {
    assert.equal(pack.language, code);
    for (const part of ['texts', 'codes']) {
      assert.deepEqual(Object.keys(pack[part]), Object.keys(packs.en[part]), `${part} of ${code}`);
    }
    for (const [key, text] of Object.entries(pack.texts)) {
      assert.deepEqual(values(text), values(packs.en.texts[key]), `${key} in ${code}`);
      assert.equal(typeof text, typeof packs.en.texts[key], `${key} in ${code}`);
    }
  }
});

test('each language has a file, and each file a language', () => {
  const files = readdirSync(new URL('texts/', assets)).map((name) => name.replace('.js', '')).sort();
  assert.deepEqual(files, Object.keys(LANGUAGES).sort());
});

test('each sentence says what is wrong and what would help', () => {
  for (const pack of Object.values(packs)) {
    for (const [code, sentences] of Object.entries(pack.codes)) {
      assert.equal(sentences.length, 2, code);
      for (const sentence of sentences) assert.match(sentence, /[.]$/, code);
    }
  }
});

/** Every code that an answer, a job or a warning may have, from the sources. */
function codes() {
  const found = new Set();
  const collect = (path, pattern) => {
    const before = found.size;
    for (const match of read(path).matchAll(pattern)) found.add(match[1]);
    assert.ok(found.size > before, `no code in ${path}`);
  };
  collect('crates/api/src/problem_kind.rs', /: \d{3} "(\w+)"/g);
  collect('crates/accounts/src/error.rs', /Self::new\(\s*\d{3},\s*"(\w+)"/g);
  collect('crates/media-core/src/error.rs', /Self::\w+(?: \{ \.\. \}|\(_\))? => "([a-z]+_[a-z_]+)"/g);
  collect('crates/media/src/error.rs', /=> "([a-z]+_[a-z_]+)"/g);
  collect('crates/media/src/findings.rs', /=> "([a-z]+_[a-z_]+)"/g);
  collect('crates/jobs/src/mp3.rs', /Failure::new\(\s*"(\w+)"/g);
  collect('components/converter/src/attempt.rs', /Failure::new\(\s*"(\w+)"/g);
  collect('components/converter/src/work.rs', /Failure::new\(\s*"(\w+)"/g);
  collect('crates/notify/src/api.rs', /Failure::new\(\s*"(\w+)"/g);
  collect('crates/notify/src/letters.rs', /Failure::new\(\s*"(\w+)"/g);
  return [...found];
}

test('each code of the services has a sentence', () => {
  const all = codes();
  assert.ok(all.length > 60, `${all.length} codes`);
  assert.deepEqual(all.filter((code) => !packs.en.codes[code]), []);
});

test('each text that the modules ask for exists', () => {
  const missing = [];
  const sources = readdirSync(assets).filter((name) => /\.(js|html)$/.test(name));
  for (const name of sources) {
    const source = readFileSync(new URL(name, assets), 'utf8');
    const used = [
      ...source.matchAll(/\bt\('([\w.]+)'/g), ...source.matchAll(/data-(?:text|label)="([\w.]+)"/g),
      ...source.matchAll(/\bt\(\w+ \? '([\w.]+)'/g),
    ];
    for (const [, key] of used) if (packs.en.texts[key] === undefined) missing.push(`${name}: ${key}`);
    for (const [, code] of source.matchAll(/explain\('(\w+)'\)/g)) if (!packs.en.codes[code]) missing.push(code);
  }
  assert.deepEqual(missing, []);
});

test('a text has its values and the form of its number', () => {
  usePack(packs.en);
  assert.equal(t('status.left', { time: '1 min' }), '1 min left');
  assert.equal(t('say.chosen', { count: 1 }), 'One file added.');
  assert.equal(t('say.chosen', { count: 7 }), '7 files added.');
  assert.equal(t('action.of', { action: 'Cut', name: '{name} $& <b>' }), 'Cut: {name} $& <b>');
  assert.deepEqual(explain('never heard of'), explain('unknown'));
});

test('the language is the chosen one, else the first of the browser that exists', () => {
  assert.equal(preferred(null, ['fr-FR', 'de-AT', 'en']), 'de');
  assert.equal(preferred('en', ['de']), 'en');
  assert.equal(preferred(null, ['fr']), 'en');
  assert.equal(preferred('constructor', []), 'en');
});
