// The words of the page, in the language of the reader.

import { setFormatLanguage } from './format.js';

/** The languages, by code. Each has a file of that name in texts/. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' };

/** Fires `change` when the language has changed. */
export const texts = new EventTarget();

let pack = null;
let plurals = null;

/** The language that the reader chose, or the first of the browser's that exists. */
export function preferred(chosen, wanted) {
  const codes = [chosen, ...wanted].filter(Boolean).map((code) => code.split('-')[0]);
  return codes.find((code) => Object.hasOwn(LANGUAGES, code)) ?? 'en';
}

/** Loads a language and shows it. */
export async function useLanguage(code) {
  usePack((await import(`./texts/${code}.js`)).default);
}

/** Shows the texts of `next`. */
export function usePack(next) {
  pack = next;
  plurals = new Intl.PluralRules(pack.language);
  setFormatLanguage(pack.language);
  texts.dispatchEvent(new Event('change'));
}

/** The code and the direction of the language in use. */
export const current = () => ({ language: pack.language, direction: pack.direction });

/**
 * The text `key`, with `{name}` replaced by `values.name`. A text with several forms is
 * chosen by the number `values.count`.
 */
export function t(key, values = {}) {
  const entry = pack.texts[key];
  if (entry === undefined) return key;
  const text = typeof entry === 'string' ? entry : entry[plurals.select(values.count)] ?? entry.other;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** What a code of a failure, a problem or a warning means, and what would help. */
export function explain(code) {
  const [what, help] = pack.codes[code] ?? pack.codes.unknown;
  return { what, help };
}

/** Fills everything with `data-text`, and the attributes of `data-text-ATTRIBUTE`. */
export function translate(root) {
  for (const element of root.querySelectorAll('[data-text]')) {
    element.textContent = t(element.dataset.text);
  }
  for (const element of root.querySelectorAll('[data-label]')) {
    element.setAttribute('aria-label', t(element.dataset.label));
  }
}
