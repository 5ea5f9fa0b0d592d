// The audio tracks of a local file, from the headers of MP4 (ISO 14496-12) and Matroska
// (RFC 9559). It is a convenience: what it cannot read has no list.

/** Larger headers are not worth the memory. */
const MAX_HEADER = 32 << 20;
/** The tracks of a Matroska file come early. */
const MAX_START = 4 << 20;
const MAX_BOXES = 200;

/** `[{number, codec, language, title, channels}]`, numbered as the service does; empty if unknown. */
export async function tracksOf(file) {
  try {
    const head = await read(file, 0, 12);
    if (head.byteLength < 12) return [];
    if (head.getUint32(0) === 0x1a45dfa3) return matroska(await read(file, 0, MAX_START));
    return text(head, 4, 4) === 'ftyp' ? await mp4(file) : [];
  } catch {
    return [];
  }
}

async function read(file, start, length) {
  return new DataView(await file.slice(start, start + length).arrayBuffer());
}

function text(view, at, length) {
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, length)).replace(/\0.*$/s, '');
}

const numbered = (tracks) => tracks.map((track, at) => ({ number: at + 1, ...track }));

// MP4

async function mp4(file) {
  for (let at = 0, count = 0; at + 8 <= file.size && count < MAX_BOXES; count += 1) {
    const head = await read(file, at, 16);
    const short = head.getUint32(0);
    const size = short === 1 ? Number(head.getBigUint64(8)) : short || file.size - at;
    if (size < 8) return [];
    if (text(head, 4, 4) === 'moov') {
      if (size > MAX_HEADER) return [];
      return numbered(moov(await read(file, at + 8, size - 8)));
    }
    at += size;
  }
  return [];
}

/** The boxes within a view: `[type, view of the content]`. */
function* boxes(view) {
  for (let at = 0; at + 8 <= view.byteLength;) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > view.byteLength) return;
    yield [text(view, at + 4, 4), new DataView(view.buffer, view.byteOffset + at + 8, size - 8)];
    at += size;
  }
}

function find(view, ...path) {
  let place = view;
  for (const name of path) {
    place = [...boxes(place)].find(([type]) => type === name)?.[1];
    if (!place) return null;
  }
  return place;
}

function moov(view) {
  const tracks = [];
  for (const [type, trak] of boxes(view)) {
    if (type !== 'trak') continue;
    const handler = find(trak, 'mdia', 'hdlr');
    if (!handler || text(handler, 8, 4) !== 'soun') continue;
    const header = find(trak, 'mdia', 'mdhd');
    const packed = header.getUint16(header.getUint8(0) === 1 ? 32 : 20);
    const letters = [10, 5, 0].map((shift) => String.fromCharCode(0x60 + ((packed >> shift) & 31))).join('');
    const entry = find(trak, 'mdia', 'minf', 'stbl', 'stsd');
    const codec = entry && text(entry, 12, 4);
    tracks.push({
      codec: { mp4a: 'AAC', 'ac-3': 'AC-3', 'ec-3': 'E-AC-3', alac: 'ALAC', Opus: 'Opus', fLaC: 'FLAC' }[codec] ?? codec?.trim(),
      language: /^[a-z]{3}$/.test(letters) && letters !== 'und' ? letters : undefined,
      channels: entry?.getUint16(8 + 8 + 16) || undefined,
    });
  }
  return tracks;
}

// Matroska

const SEGMENT = 0x18538067;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const AUDIO = 2;

/** The elements within a view: `[id, view of the content]`. One that is cut off ends there. */
function* elements(view) {
  for (let at = 0; at + 2 <= view.byteLength;) {
    const id = vint(view, at, false);
    const size = vint(view, at + id.length, true);
    const start = at + id.length + size.length;
    if (start > view.byteLength) return;
    const end = Math.min(view.byteLength, size.value === null ? Infinity : start + size.value);
    yield [id.value, new DataView(view.buffer, view.byteOffset + start, end - start)];
    at = end;
  }
}

/** A variable-length number; all ones is an unknown size, here null. */
function vint(view, at, isSize) {
  const first = view.getUint8(at);
  const length = Math.clz32(first) - 23;
  if (length > 8) throw new RangeError('not a number of EBML');
  let value = isSize ? first & (0xff >> length) : first;
  let isUnknown = isSize && value === 0xff >> length;
  for (let next = 1; next < length; next += 1) {
    const byte = view.getUint8(at + next);
    isUnknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return { value: isUnknown ? null : value, length };
}

function matroska(view) {
  const segment = [...elements(view)].find(([id]) => id === SEGMENT)?.[1];
  for (const [id, content] of segment ? elements(segment) : []) {
    if (id !== TRACKS) continue;
    const entries = [...elements(content)].filter(([inner]) => inner === TRACK_ENTRY);
    return numbered(entries.map(([, entry]) => trackEntry(entry)).filter(Boolean));
  }
  return [];
}

function trackEntry(view) {
  const track = { language: 'eng' };
  let type = 0;
  for (const [id, content] of elements(view)) {
    const words = () => text(content, 0, content.byteLength);
    if (id === 0x83) type = content.getUint8(0);
    else if (id === 0x22b59c) track.language = words();
    else if (id === 0x22b59d) track.language = words().split('-')[0];
    else if (id === 0x536e) track.title = words();
    else if (id === 0x86) track.codec = words().replace(/^A_/, '').replace(/\/.*$/, '').replace(/_/g, ' ');
    else if (id === 0xe1) {
      for (const [inner, value] of elements(content)) if (inner === 0x9f) track.channels = value.getUint8(value.byteLength - 1);
    }
  }
  return type === AUDIO ? track : null;
}
