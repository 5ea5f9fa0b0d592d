import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const assets = new URL('../../../components/website/assets/', import.meta.url);
const read = (name) => readFileSync(new URL(name, assets), 'utf8');
const modules = readdirSync(assets).filter((name) => name.endsWith('.js') && name !== 'theme.js');
const importsOf = (name) => [...read(name).matchAll(/^(?:import|\}) .*'\.\/([\w/]+\.js)';$/gm)].map(([, path]) => path);

test('the page preloads exactly the modules that it needs at once', () => {
  const needed = new Set(['app.js']);
  for (const name of needed) for (const path of importsOf(name)) needed.add(path);
  needed.delete('app.js');
  const preloaded = [...read('index.html').matchAll(/rel="modulepreload" href="\{\{base\}\}\/([\w/]+\.js)"/g)].map(([, path]) => path);
  assert.deepEqual(preloaded, [...needed].sort());
});

test('the list is never emptied while its uploads run', () => {
  const emptied = read('app.js').match(/^.*items\.clear\(/gm);
  const stopped = read('app.js').match(/uploads\.stopAll\(\);(?:(?!^}|uploads\.stopAll)[^])*?items\.clear\(/gm);
  assert.equal(stopped?.length, emptied.length);
});

test('no module makes markup of texts, or code', () => {
  const forbidden = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|srcdoc|setAttribute\('(style|on)/;
  for (const name of [...modules, 'theme.js']) assert.doesNotMatch(read(name), forbidden, name);
  assert.doesNotMatch(read('index.html'), /<script>|<style|style="|\son\w+="/);
});

test('nothing comes from another origin', () => {
  for (const name of [...modules, 'theme.js', 'style.css', 'plain.css', 'index.html']) {
    const addresses = read(name).match(/(?:https?:)?\/\/[\w.-]+\.\w+[^\s'")]*/g) ?? [];
    const other = addresses.filter((address) => !/^(https?:)?\/\/(tus\.io|www\.w3\.org)/.test(address));
    assert.deepEqual(other, [], name);
  }
});

test('each module has one concern that fits on some screens', () => {
  for (const name of modules) assert.ok(read(name).split('\n').length <= 260, name);
});

test('style is logical: only the time line, which runs from left to right, has sides', () => {
  const sides = /(?:^|[\s;{])(?:margin|padding|border|inset)?-?(?:left|right)\s*:/;
  const lines = read('style.css').split('\n').filter((line) => sides.test(line) && !line.startsWith('.cut-'));
  assert.deepEqual(lines, []);
});
