// The record at the start of a row: state and progress at a glance, for those who see it.
// The text of the row says the same.

import { setAttribute, svg } from './dom.js';

const SHAPES = {
  play: 'M-4.5 -7v14l11.5-7z', pause: 'M-4 -6v12M4 -6v12',
  failed: 'M0 -7v8M0 5.5v.01', paused: 'M-3.5 -5.5v11M3.5 -5.5v11',
  gone: 'M-5 0h10',
};

/** Builds a record. It is decoration: the row has the words. */
export function disc() {
  const groove = svg('circle', { class: 'disc-groove', r: 10.5, pathLength: 100, 'stroke-dasharray': '0 100' });
  const shape = svg('path', { class: 'disc-shape' });
  const root = svg('svg', { class: 'disc', viewBox: '-20 -20 40 40', 'aria-hidden': 'true' },
    svg('circle', { class: 'disc-edge', r: 18.5 }),
    svg('circle', { class: 'disc-line', r: 14.5 }),
    svg('circle', { class: 'disc-line disc-track', r: 10.5 }),
    groove,
    svg('g', { class: 'disc-turn' },
      svg('path', { class: 'disc-shine', d: 'M-9.9 -9.9A14 14 0 0 1 0 -14M9.9 9.9A14 14 0 0 1 0 14' })),
    svg('circle', { class: 'disc-label', r: 3.2 }),
    shape);
  return {
    root,
    /** Shows a kind of `viewOf` and a progress from 0 to 1. */
    update(kind, progress) {
      setAttribute(root, 'data-kind', kind);
      const value = Math.round((progress ?? 0) * 1000) / 10;
      setAttribute(groove, 'stroke-dasharray', `${value} 100`);
      setAttribute(shape, 'd', SHAPES[kind] ?? 'M0 0');
    },
  };
}
