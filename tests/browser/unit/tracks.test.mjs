import assert from 'node:assert/strict';
import { test } from 'node:test';

import { tracksOf } from '../../../components/website/assets/tracks.js';

const bytes = (...parts) => parts.flatMap((part) => typeof part === 'string' ? [...Buffer.from(part)] : part).flat();
const u32 = (value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const zeros = (count) => Array(count).fill(0);

const box = (type, ...content) => {
  const body = bytes(...content);
  return [...u32(body.length + 8), ...bytes(type), ...body];
};
const trak = (handler, language, codec, channels) => box('trak', box('mdia',
  box('mdhd', zeros(20), [(language >> 8) & 255, language & 255], zeros(2)),
  box('hdlr', zeros(8), handler, zeros(12)),
  box('minf', box('stbl', box('stsd', zeros(4), u32(1), box(codec, zeros(16), [0, channels], zeros(10)))))));
const packed = (code) => [...code].reduce((value, letter) => (value << 5) | (letter.charCodeAt(0) - 0x60), 0);

const element = (id, ...content) => {
  const body = bytes(...content);
  return [...id, 0x40 | (body.length >> 8), body.length & 255, ...body];
};
const entry = (type, ...more) => element([0xae], element([0x83], [type]), ...more);

test('the audio tracks of an MP4 file have number, codec, language and channels', async () => {
  const movie = box('moov', trak('vide', 0, 'avc1', 0), trak('soun', packed('deu'), 'mp4a', 2), trak('soun', packed('und'), 'ac-3', 6));
  const file = new Blob([Uint8Array.from([...box('ftyp', 'isom', zeros(4)), ...box('mdat', zeros(50)), ...movie])]);
  assert.deepEqual(await tracksOf(file), [
    { number: 1, codec: 'AAC', language: 'deu', channels: 2 },
    { number: 2, codec: 'AC-3', language: undefined, channels: 6 },
  ]);
});

test('the audio tracks of a Matroska file have a title, too', async () => {
  const tracks = element([0x16, 0x54, 0xae, 0x6b],
    element([0xbf], [1, 2, 3, 4]), entry(1, element([0x86], 'V_VP8')),
    entry(2, element([0x86], 'A_OPUS'), element([0x22, 0xb5, 0x9c], 'ger'), element([0xe1], element([0x9f], [2]))),
    entry(2, element([0x86], 'A_AAC/MPEG4/LC'), element([0x53, 0x6e], 'Kommentar')));
  const segment = [0x18, 0x53, 0x80, 0x67, 0x01, ...Array(7).fill(0xff), ...tracks];
  const file = new Blob([Uint8Array.from([...element([0x1a, 0x45, 0xdf, 0xa3], zeros(20)), ...segment])]);
  assert.deepEqual(await tracksOf(file), [
    { number: 1, language: 'ger', codec: 'OPUS', channels: 2 },
    { number: 2, language: 'eng', codec: 'AAC', title: 'Kommentar' },
  ]);
});

test('a file that cannot be read has no list', async () => {
  const head = bytes(box('ftyp', 'isom', zeros(4)));
  const files = [[], zeros(5), zeros(100), [0x1a, 0x45, 0xdf, 0xa3, ...zeros(40)], [...head, ...u32(3), ...bytes('moov')],
    [...head, ...u32(60), ...bytes('moov'), ...zeros(9)], [...head, ...box('moov', box('trak', box('mdia', box('hdlr', zeros(8), 'soun'))))]];
  for (const file of files) assert.deepEqual(await tracksOf(new Blob([Uint8Array.from(file)])), []);
});
