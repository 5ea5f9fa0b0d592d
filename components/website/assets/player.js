// Plays the MP3s, one at a time. The browser fetches by ranges.

import { h, setText } from './dom.js';
import { clock } from './format.js';
import { downloadPath } from './jobs.js';
import { t } from './texts.js';

/** Fires `change` when another MP3 plays, or none does. */
class Player extends EventTarget {
  audio = new Audio();
  item = null;
  strip = null;

  constructor() {
    super();
    this.audio.preload = 'metadata';
    for (const event of ['play', 'pause', 'ended']) {
      this.audio.addEventListener(event, () => this.dispatchEvent(new Event('change')));
    }
    for (const event of ['timeupdate', 'durationchange']) this.audio.addEventListener(event, () => this.show());
  }

  isPlaying(item) {
    return this.item === item && !this.audio.paused;
  }

  /** Plays or pauses the MP3 of an item; its strip appears in `row.below`. */
  toggle(item, row) {
    if (this.item !== item) {
      this.close();
      this.item = item;
      this.audio.src = downloadPath(item.id);
      this.open(item, row);
    }
    if (this.audio.paused) this.audio.play().catch((error) => this.fail(error));
    else this.audio.pause();
  }

  open(item, row) {
    const slider = h('input', {
      type: 'range', min: 0, max: Math.max(1, item.job.mp3.duration_seconds), step: 1, value: 0, class: 'player-slider',
      'aria-label': t('player.position', { name: item.name }),
      on: {
        input: () => {
          this.audio.currentTime = Number(slider.value);
          this.show();
        },
      },
    });
    const time = h('span', { class: 'player-time' });
    const label = h('p', { class: 'player-label' });
    const root = h('div', { class: 'player' }, h('div', { class: 'player-main' }, label, h('div', { class: 'player-line' }, slider, time)));
    row.below.prepend(root);
    this.strip = { root, slider, time, label, url: null };
    this.show();
    // Without them it plays as well.
    this.describe(item, this.strip).catch(() => {});
  }

  /** Shows cover and title, as a player would. */
  async describe(item, strip) {
    const { tagOf } = await import('./id3.js');
    const tag = await tagOf(downloadPath(item.id));
    if (!tag || this.strip !== strip) return;
    setText(strip.label, [tag.title, tag.artist].filter(Boolean).join(' – '));
    if (tag.cover) {
      strip.url = URL.createObjectURL(tag.cover);
      strip.root.prepend(h('img', { class: 'player-cover', src: strip.url, alt: t('player.cover'), width: 56, height: 56 }));
    }
  }

  show() {
    if (!this.strip) return;
    const { slider, time } = this.strip;
    const { currentTime } = this.audio;
    const whole = Number(slider.max);
    slider.value = currentTime;
    slider.style.setProperty('--played', `${currentTime / whole * 100}%`);
    slider.setAttribute('aria-valuetext', `${clock(currentTime)} / ${clock(whole)}`);
    setText(time, `${clock(currentTime)} / ${clock(whole)}`);
  }

  fail(error) {
    if (error.name !== 'AbortError' && this.strip) setText(this.strip.label, t('player.failed'));
  }

  close() {
    if (!this.item) return;
    this.audio.pause();
    this.audio.removeAttribute('src');
    this.audio.load();
    if (this.strip.url) URL.revokeObjectURL(this.strip.url);
    this.strip.root.remove();
    this.item = this.strip = null;
    this.dispatchEvent(new Event('change'));
  }
}

export const player = new Player();
