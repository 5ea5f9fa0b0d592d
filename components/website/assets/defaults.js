// The options of the files that come next. The browser remembers them.

import { h, replace, setText } from './dom.js';
import { limits } from './files.js';
import { optionsForm, summary } from './options.js';
import { keepSetting, setting } from './storage.js';
import { t } from './texts.js';

let options = {};
try {
  options = JSON.parse(setting('options')) ?? {};
} catch {
  // An old version wrote something else.
}

/** The options of the next file. */
export const defaults = () => ({ ...options });

/** Whether files wait to be cut instead of starting at once. */
export const isHeld = () => setting('hold') === '1';

const place = () => document.getElementById('defaults');
const button = () => document.getElementById('change');

/** Shows the summary, and an open form again in the language of now. */
export function showDefaults() {
  setText(document.getElementById('summary'), summary(options));
  button().textContent = t(place().hidden ? 'options.change' : 'options.close');
  if (!place().hidden) replace(place(), form());
}

/** Opens or closes the form. */
export function toggleDefaults() {
  place().hidden = !place().hidden;
  button().setAttribute('aria-expanded', String(!place().hidden));
  if (place().hidden) replace(place());
  showDefaults();
}

function form() {
  const fields = optionsForm(options, { defaults: limits.defaults });
  fields.root.addEventListener('change', () => {
    options = fields.read();
    keepSetting('options', JSON.stringify(options));
    setText(document.getElementById('summary'), summary(options));
  });
  const hold = h('input', {
    type: 'checkbox', checked: isHeld(), 'aria-describedby': 'hold-note',
    on: { change: () => keepSetting('hold', hold.checked ? '1' : null) },
  });
  return [fields.root, h('div', { class: 'check' },
    h('label', {}, hold, h('span', { text: t('options.hold') })),
    h('p', { class: 'note', id: 'hold-note', text: t('options.hold_note') }))];
}
