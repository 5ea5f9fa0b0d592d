// The options of an MP3, as what they mean. Values are those of the API, as texts.

import { h, replace } from './dom.js';
import { bytes, languageName } from './format.js';
import { t } from './texts.js';

/** Mean bitrate of LAME's qualities 0 to 9 with stereo music, in kbit/s. */
const RATES = [245, 225, 190, 175, 165, 130, 115, 100, 85, 65];
/** What a person chooses from, and what it sends. `best` sends nothing: MP3 is copied then. */
const QUALITIES = { best: null, good: 3, small: 5, speech: 7 };
const BITRATES = [320, 256, 192, 128, 96, 64];
const TAGS = ['title', 'artist', 'album', 'year', 'comment'];

/** Kilobits per second of options, about. */
export function rateOf(options, defaultQuality = 1) {
  if (options.bitrate) return Number(options.bitrate);
  const quality = options.quality === undefined ? defaultQuality : Number(options.quality);
  return RATES[quality] * (isOn(options.mono) ? 0.6 : 1);
}

const isOn = (value) => value === true || value === 'true';
const isOff = (value) => value === false || value === 'false';

/** Which of the choices a quality of the API is. */
function choiceOf(options, asked) {
  if (options.bitrate) return 'fixed';
  if (!asked || options.quality === undefined) return 'best';
  return Object.entries(QUALITIES).find(([, value]) => value === Number(options.quality))?.[0] ?? 'best';
}

/**
 * What somebody asked for, from the options that the server shows of a job: there, defaults
 * are filled in, and `normalize` is a loudness.
 */
export function asked(shown, { defaults = {} } = {}) {
  const { quality, bitrate, normalize, reencode, effort, ...rest } = shown ?? {};
  const options = { ...rest };
  if (bitrate !== undefined && (reencode || bitrate !== defaults.bitrate)) options.bitrate = bitrate;
  if (quality !== undefined && reencode) options.quality = quality;
  if (normalize) options.normalize = true;
  return options;
}

/** One line about options: "Best sound · stereo". */
export function summary(options) {
  const choice = choiceOf(options, true);
  const parts = [choice === 'fixed' ? t('quality.fixed_of', { rate: options.bitrate }) : t(`quality.${choice}`)];
  parts.push(t(isOn(options.mono) ? 'summary.mono' : 'summary.stereo'));
  if (isOn(options.normalize)) parts.push(t('summary.even'));
  return parts.join(' · ');
}

let nextId = 1;

/**
 * A form of options. `tracks` are those of the file where they are known; `isSingle` adds
 * what makes sense for one file only: track and tags. `read()` returns the options,
 * `estimate(seconds)` shows how large the MP3 will be, `offer(tracks)` offers tracks.
 */
export function optionsForm(options, { tracks = [], isSingle = false, defaults = {}, changed = () => {} } = {}) {
  const id = `options-${nextId++}`;
  const fields = {};
  const choice = choiceOf(options, true);
  const notes = {};

  const check = (name, isChecked) => {
    fields[name] = h('input', { type: 'checkbox', checked: isChecked, 'aria-describedby': `${id}-${name}` });
    return h('div', { class: 'check' },
      h('label', {}, fields[name], h('span', { text: t(`option.${name}`) })),
      h('p', { class: 'note', id: `${id}-${name}`, text: t(`option.${name}_note`) }));
  };
  const text = (name, props = {}) => {
    fields[name] = h('input', { type: 'text', value: options[name] ?? '', maxlength: 250, autocomplete: 'off', ...props });
    return h('label', { class: 'field' }, h('span', { text: t(`option.${name}`) }), fields[name]);
  };
  const radios = [...Object.keys(QUALITIES), 'fixed'].map((name) => {
    const input = h('input', {
      type: 'radio', name: `${id}-quality`, value: name, checked: name === choice, 'aria-describedby': `${id}-q-${name}`,
    });
    fields[`quality-${name}`] = input;
    notes[name] = h('span', { class: 'note', id: `${id}-q-${name}` });
    return h('div', { class: 'choice' }, h('label', {}, input, h('span', { text: t(`quality.${name}`) })), notes[name]);
  });
  fields.bitrate = h('select', { 'aria-label': t('option.bitrate') },
    BITRATES.map((rate) => h('option', { value: rate, text: t('option.kbits', { rate }) })));
  fields.bitrate.value = BITRATES.includes(Number(options.bitrate)) ? options.bitrate : 192;
  radios.at(-1).append(fields.bitrate);

  const trackPlace = h('div');
  if (isSingle) replace(trackPlace, trackField(tracks, options.track));

  const root = h('div', { class: 'options', on: { input: () => update(), change: () => update() } },
    h('fieldset', {}, h('legend', { text: t('option.quality') }), radios),
    h('div', { class: 'checks' }, check('mono', isOn(options.mono ?? defaults.mono)), check('normalize', isOn(options.normalize ?? Boolean(defaults.normalize)))),
    isSingle && trackPlace,
    h('details', {},
      h('summary', { text: t('option.more') }),
      isSingle && h('div', { class: 'fields' },
        text('title', { placeholder: t('option.from_file') }), text('artist', { placeholder: t('option.from_file') }),
        text('album', { placeholder: t('option.from_file') }),
        text('year', { inputmode: 'numeric', maxlength: 4, pattern: '[1-9][0-9]{3}', placeholder: t('option.from_file') }),
        text('comment', { placeholder: t('option.from_file') })),
      h('div', { class: 'checks' },
        check('cover', !isOff(options.cover)), check('chapters', !isOff(options.chapters)),
        check('close_gaps', (options.gaps ?? defaults.gaps) === 'close'))));

  function trackField(tracks, chosen) {
    const known = tracks.length > 0;
    const list = known ? tracks : Array.from({ length: 8 }, (_, at) => ({ number: at + 1 }));
    delete fields.track;
    if (known && list.length === 1) return null;
    fields.track = h('select', {},
      h('option', { value: '', text: t('option.track_auto') }),
      list.map((track) => h('option', { value: track.number, text: trackName(track) })));
    fields.track.value = chosen ?? '';
    return h('label', { class: 'field' }, h('span', { text: t('option.track') }), fields.track,
      !known && h('span', { class: 'note', text: t('option.track_note') }));
  }

  function read() {
    const result = {};
    const picked = radios.findIndex((_, at) => fields[`quality-${[...Object.keys(QUALITIES), 'fixed'][at]}`].checked);
    const name = [...Object.keys(QUALITIES), 'fixed'][picked] ?? 'best';
    if (name === 'fixed') result.bitrate = Number(fields.bitrate.value);
    else if (QUALITIES[name] !== null) result.quality = QUALITIES[name];
    // Only what differs from the defaults of the service is asked for.
    if (fields.mono.checked !== isOn(defaults.mono)) result.mono = fields.mono.checked;
    if (fields.normalize.checked !== Boolean(defaults.normalize)) result.normalize = fields.normalize.checked;
    if (!fields.cover.checked) result.cover = false;
    if (!fields.chapters.checked) result.chapters = false;
    if (fields.close_gaps.checked !== (defaults.gaps === 'close')) result.gaps = fields.close_gaps.checked ? 'close' : 'keep';
    if (fields.track?.value) result.track = Number(fields.track.value);
    for (const tag of TAGS) if (fields[tag]?.value.trim()) result[tag] = fields[tag].value.trim();
    return result;
  }

  let seconds = null;
  function update() {
    const mono = fields.mono.checked;
    for (const [name, quality] of Object.entries({ ...QUALITIES, fixed: undefined })) {
      const chosen = name === 'fixed' ? { bitrate: fields.bitrate.value } : { quality: quality ?? defaults.quality, mono };
      const perMinute = rateOf(chosen, defaults.quality) * 1000 / 8 * 60;
      const size = seconds === null ? t('quality.per_minute', { size: bytes(perMinute) })
        : t('quality.about', { size: bytes(perMinute * seconds / 60) });
      notes[name].textContent = `${t(`quality.${name}_note`)} ${size}`;
    }
    fields.bitrate.disabled = !fields['quality-fixed'].checked;
    changed();
  }
  update();

  return {
    root,
    read,
    /** Offers the tracks of a file, once they are known. */
    offer(list) {
      if (list.length) replace(trackPlace, trackField(list, fields.track?.value));
    },
    estimate(value) {
      seconds = value;
      update();
    },
  };
}

/** "2: German, Commentary (AC-3, 6 channels)". */
export function trackName({ number, language, title, codec, channels }) {
  const parts = [language && language !== 'und' ? languageName(language) : null, title].filter(Boolean).join(', ');
  const details = [codec, channels && t('track.channels', { count: channels })].filter(Boolean).join(', ');
  return `${number}${parts ? `: ${parts}` : ''}${details ? ` (${details})` : ''}`;
}
