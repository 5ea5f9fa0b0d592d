// Tells screen readers what has changed: states, never progress.

import { texts, t } from './texts.js';
import { items } from './items.js';
import { failure } from './view.js';

/** Messages within so many milliseconds are read together. */
const GATHER = 1200;
/** More files than this at a time are counted instead of named. */
const MANY = 3;

/** Speaks through `region`. Returns `say(text)`. */
export function announcer(region, context) {
  let queue = [];
  let timer = null;

  function say(text) {
    queue.push({ text });
    schedule();
  }

  function schedule() {
    timer ??= setTimeout(() => {
      timer = null;
      region.textContent = lines(queue).join(' ');
      queue = [];
    }, GATHER);
  }

  items.addEventListener('changed', ({ item, before }) => {
    if (before === item.phase) return;
    const phase = item.phase;
    if (!['uploading', 'retrying', 'queued', 'done', 'failed', 'refused'].includes(phase)) return;
    // Only the first attempt is news.
    if (phase === 'uploading' && before !== 'waiting') return;
    queue = queue.filter((entry) => entry.item !== item);
    queue.push({ item, phase });
    schedule();
  });
  texts.addEventListener('change', () => {
    region.textContent = '';
  });

  function lines(entries) {
    const byPhase = Map.groupBy ? Map.groupBy(entries, (entry) => entry.phase) : group(entries);
    return [...byPhase].flatMap(([phase, list]) => {
      if (!phase) return list.map((entry) => entry.text);
      if (list.length > MANY) return [t(`say.${phase}_many`, { count: list.length })];
      return list.map(({ item }) => {
        const reason = phase === 'failed' || phase === 'refused' ? failure(item.problem, context()).what : '';
        return `${t(`say.${phase}`, { name: item.name })} ${reason}`.trim();
      });
    });
  }

  return say;
}

function group(entries) {
  const map = new Map();
  for (const entry of entries) map.set(entry.phase, [...map.get(entry.phase) ?? [], entry]);
  return map;
}
