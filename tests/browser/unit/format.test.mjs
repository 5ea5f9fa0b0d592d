import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  bytes, bytesOf, clock, cutTime, day, daysAgo, parseTime, percent, setFormatLanguage, span,
} from '../../../components/website/assets/format.js';
import { Speedometer } from '../../../components/website/assets/speed.js';

setFormatLanguage('en', []);

test('a time is read as the API reads it', () => {
  const times = { '90': 90, '90.5': 90.5, '1:30': 90, '0:01:30.5': 90.5, ' 2:03 ': 123, '1:30,5': 90.5, '0': 0 };
  for (const [text, seconds] of Object.entries(times)) assert.equal(parseTime(text), seconds, text);
  for (const text of ['', 'x', '1:75', '1:60:00', '-1', '1:2:3:4', '360000', '1e3', ':30', '1:']) {
    assert.equal(parseTime(text), null, text);
  }
});

test('a time that is shown is read as the same time', () => {
  for (const seconds of [0, 0.1, 9.9, 59.9, 60, 90.5, 3599.9, 3600, 36000.3]) {
    assert.equal(parseTime(cutTime(seconds)), seconds);
  }
});

test('clocks have hours only if there are any', () => {
  assert.deepEqual([0, 59.9, 60, 760, 3723].map(clock), ['0:00', '0:59', '1:00', '12:40', '1:02:03']);
});

test('sizes have the unit of the reader', () => {
  assert.deepEqual([0, 999, 1000, 9_900_000, 412_000_000, 2_147_483_648].map(bytes), [
    '0 byte', '999 byte', '1 kB', '9.9 MB', '412 MB', '2.1 GB',
  ]);
  assert.deepEqual(bytesOf(258e6, 412e6), ['258', '412 MB']);
  assert.deepEqual(bytesOf(0, 2e9), ['0.00', '2 GB']);
  setFormatLanguage('de', []);
  assert.equal(bytes(9_900_000), '9,9 MB');
  setFormatLanguage('en', []);
});

test('a share is 100 % only at the end', () => {
  assert.deepEqual([0, 0.004, 0.999, 1].map(percent), ['0%', '0%', '99%', '100%']);
});

test('time left is said in one unit', () => {
  assert.deepEqual([0.2, 8, 33, 59, 90, 5400].map(span), ['1 sec', '8 sec', '35 sec', '1 min', '2 min', '1.5 hr']);
});

test('days are those of the calendar', () => {
  const now = new Date(2026, 11, 1, 0, 30).getTime();
  const evening = new Date(2026, 10, 30, 23, 50).getTime();
  assert.equal(daysAgo(evening, now), 1);
  assert.equal(day(now, now), 'Today');
  assert.equal(day(evening, now), 'Yesterday');
});

test('the variant of the browser formats numbers and dates', () => {
  setFormatLanguage('en', ['de-DE', 'en-GB']);
  assert.match(day(new Date(2026, 10, 20), new Date(2026, 11, 1)), /^Friday.* 20 November$/);
  setFormatLanguage('en', []);
});

test('the speed is that of the last seconds', () => {
  const meter = new Speedometer();
  meter.add(0, 0);
  assert.equal(meter.rate(0), null);
  for (let second = 1; second <= 20; second += 1) meter.add(second * 1000, second * 100);
  assert.equal(meter.rate(20_000), 100);
  assert.equal(meter.left(3000, 20_000), 10);
  assert.equal(meter.rate(29_000), null, 'nothing has come for a while');
  meter.add(21_000, 0);
  assert.equal(meter.rate(21_000), null, 'something that begins again has no speed');
});
