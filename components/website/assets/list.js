// The list of all files by day, newest first. A row never moves: it changes where it is.

import { h, replace, setText } from './dom.js';
import { day, daysAgo } from './format.js';
import { items } from './items.js';
import { zipPath } from './jobs.js';
import { row } from './row.js';
import { t, texts } from './texts.js';
import { viewOf } from './view.js';

/** Between two looks at what runs, in milliseconds. */
const TICK = 2000;

/**
 * Shows all items in `container`. `context()` is what `viewOf` needs; `act` is that of the
 * rows; `isPlaying(item)` says whether its MP3 is being played; `batchPath()` is the archive that
 * is offered elsewhere already.
 */
export function list(container, { context, act, isPlaying, batchPath }) {
  const rows = new Map();
  const groups = new Map();
  const dirty = new Set();

  function add(item) {
    const group = groupOf(item);
    const self = row(item, act);
    rows.set(item.key, self);
    const next = group.items.findIndex((other) => other.created <= item.created);
    const at = next === -1 ? group.items.length : next;
    group.list.insertBefore(self.root, group.list.children[at] ?? null);
    group.items.splice(at, 0, item);
    show(item);
  }

  function groupOf(item) {
    const key = new Date(item.created).setHours(0, 0, 0, 0);
    const known = groups.get(key);
    if (known) return known;
    const heading = h('h2', { class: 'day-name' });
    const zip = h('span', { class: 'day-zip' });
    const ol = h('ol', { class: 'rows', role: 'list' });
    const group = { key, heading, zip, list: ol, items: [], root: h('section', { class: 'day' }, h('div', { class: 'day-head' }, heading, zip), ol) };
    const after = [...groups.values()].filter((other) => other.key < key).sort((a, b) => b.key - a.key)[0];
    container.insertBefore(group.root, after?.root ?? null);
    groups.set(key, group);
    return group;
  }

  function show(item) {
    rows.get(item.key)?.update(viewOf(item, context()), isPlaying(item));
    showGroup(groupOf(item));
  }

  function showGroup(group) {
    setText(group.heading, day(group.key));
    // The first heading says nothing that a new person could not see.
    group.heading.classList.toggle('is-today', daysAgo(group.key) === 0);
    const done = group.items.filter((item) => item.phase === 'done');
    const path = done.length > 1 ? zipPath(done) : null;
    const offers = path && path !== batchPath();
    const text = offers ? t('list.zip', { count: done.length }) : '';
    if (group.shown === path + text) return;
    group.shown = path + text;
    replace(group.zip, offers && h('a', { href: path, download: '' }, text));
  }

  function remove(item) {
    const self = rows.get(item.key);
    const group = groupOf(item);
    const had = self.root.contains(document.activeElement);
    const neighbour = group.items[group.items.indexOf(item) + 1] ?? group.items[group.items.indexOf(item) - 1];
    self.root.remove();
    rows.delete(item.key);
    group.items = group.items.filter((other) => other !== item);
    if (group.items.length) showGroup(group);
    else {
      group.root.remove();
      groups.delete(group.key);
    }
    if (had) (neighbour ? rows.get(neighbour.key).root : document.querySelector('#choose'))?.focus();
  }

  // Progress comes more often than anybody can read it.
  function flush() {
    for (const item of dirty) if (rows.has(item.key)) show(item);
    dirty.clear();
  }

  let isScheduled = false;
  function later(item) {
    dirty.add(item);
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(() => {
      isScheduled = false;
      flush();
    }, 100);
  }

  // A speed is none any more when nothing comes.
  setInterval(() => {
    for (const item of items.all.values()) if (item.phase === 'uploading' || item.phase === 'converting') show(item);
  }, TICK);

  items.addEventListener('added', ({ item }) => add(item));
  items.addEventListener('removed', ({ item }) => remove(item));
  items.addEventListener('changed', ({ item, before }) => {
    if (before !== item.phase) show(item);
    else later(item);
  });
  texts.addEventListener('change', () => refresh());

  function refresh() {
    for (const item of items.all.values()) show(item);
  }

  return {
    refresh,
    /** Shows the headings again. */
    refreshDays: () => groups.forEach(showGroup),
    row: (item) => rows.get(item.key),
  };
}
