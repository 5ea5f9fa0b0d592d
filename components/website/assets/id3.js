// Reads title, artist and cover from the ID3v2.3 tag of an MP3. Only what Tonearm writes.

const HEADER = 10;
/** Covers have at most 2 MiB. */
const MAX_TAG = 3 << 20;

/** The tag of the MP3 at `path`: `{title, artist, cover}`; what is missing is null. */
export async function tagOf(path) {
  const head = await range(path, 0, HEADER - 1);
  const size = tagSize(head);
  if (!size || size > MAX_TAG) return { title: null, artist: null, cover: null };
  return parseTag(await range(path, 0, HEADER + size - 1));
}

async function range(path, first, last) {
  const answer = await fetch(path, { headers: { range: `bytes=${first}-${last}` } });
  if (!answer.ok) return new Uint8Array();
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return bytes.subarray(0, last - first + 1);
}

/** Bytes of the tag after its header; 0 without a tag. */
export function tagSize(bytes) {
  if (bytes.length < HEADER || ascii(bytes, 0, 3) !== 'ID3') return 0;
  return (bytes[6] << 21) | (bytes[7] << 14) | (bytes[8] << 7) | bytes[9];
}

/** The frames of a tag that the page shows. */
export function parseTag(bytes) {
  const tag = { title: null, artist: null, cover: null };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = HEADER; at + HEADER <= bytes.length;) {
    const id = ascii(bytes, at, 4);
    const size = view.getUint32(at + 4);
    const body = bytes.subarray(at + HEADER, at + HEADER + size);
    if (!/^[A-Z0-9]{4}$/.test(id) || body.length < size) break;
    if (id === 'TIT2') tag.title = text(body);
    if (id === 'TPE1') tag.artist = text(body);
    if (id === 'APIC') tag.cover = picture(body);
    at += HEADER + size;
  }
  return tag;
}

function ascii(bytes, at, length) {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function text(body) {
  const encoding = body[0] === 1 ? (body[1] === 0xfe ? 'utf-16be' : 'utf-16le') : body[0] === 3 ? 'utf-8' : 'latin1';
  return new TextDecoder(encoding).decode(body.subarray(1)).replace(/\0.*$/s, '').replace(/^\ufeff/, '') || null;
}

/** The picture as a blob, if it is one that browsers show. */
function picture(body) {
  const mimeEnd = body.indexOf(0, 1);
  const type = ascii(body, 1, mimeEnd - 1);
  if (mimeEnd < 0 || !/^image\/(jpe?g|png)$/.test(type)) return null;
  let at = mimeEnd + 2;
  if (body[0] === 1) {
    while (at + 1 < body.length && (body[at] || body[at + 1])) at += 2;
    at += 2;
  } else at = body.indexOf(0, at) + 1;
  return new Blob([body.subarray(at)], { type });
}
