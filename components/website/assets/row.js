// The row of a file, for its whole life.

import { disc } from './disc.js';
import { h, iconButton, replace, setAttribute, setText } from './dom.js';
import { percent } from './format.js';
import { menuButton } from './menu.js';
import { t } from './texts.js';

const ICONS = { pause: 'pause', resume: 'play', retry: 'retry', cancel: 'close', dismiss: 'close' };

/**
 * Builds the row of `item`. `act(name, item, row)` does what a button or an entry of the
 * menu says. `update(view)` shows a view (`viewOf`).
 */
export function row(item, act) {
  const record = disc();
  const lead = h('div', { class: 'row-lead' }, record.root);
  const name = h('bdi', { class: 'row-name' });
  const status = h('p', { class: 'row-status' });
  const bar = h('div', { class: 'bar', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100, hidden: true },
    h('div', { class: 'bar-fill' }));
  const actions = h('div', { class: 'row-actions' });
  const below = h('div', { class: 'row-below' });
  const heading = h('h3', { class: 'row-title', id: `${item.key}-name` }, name);
  const root = h('li', { class: 'row', id: item.key, tabindex: -1, 'aria-labelledby': `${item.key}-name` },
    lead, h('div', { class: 'row-text' }, heading, status), actions, bar, below);

  const self = { root, below, heading, item, update, focusAction };
  const play = h('button', { type: 'button', class: 'disc-button', on: { click: () => act('play', item, self) } });
  let shown = '';
  let isPlayable = false;

  function update(view, isPlaying = false) {
    root.dataset.tone = view.tone;
    setText(name, item.name);
    setAttribute(heading, 'title', item.name);
    record.update(isPlaying ? 'pause' : view.disc, view.progress);
    showLead(view, isPlaying);
    if (view.what) replaceFailure(view);
    else setText(status, view.status);
    showProgress(view);
    const key = JSON.stringify([view.actions, view.menu, t('menu.more'), item.id, item.name]);
    if (key !== shown) {
      shown = key;
      showActions(view);
    }
  }

  /** The record of a finished file is the button that plays it. */
  function showLead(view, isPlaying) {
    const should = view.disc === 'play';
    if (should) {
      setAttribute(play, 'aria-label', t(isPlaying ? 'player.pause' : 'player.play', { name: item.name }));
    }
    if (should === isPlayable) return;
    isPlayable = should;
    if (should) {
      play.append(record.root);
      replace(lead, play);
    } else replace(lead, record.root);
  }

  function replaceFailure(view) {
    const text = `${view.what} ${view.help}`;
    if (status.textContent === text) return;
    replace(status, h('span', { class: 'what', text: view.what }), ' ', h('span', { text: view.help }));
  }

  function showProgress(view) {
    bar.hidden = view.progress === null;
    if (view.progress === null) return;
    bar.firstChild.style.inlineSize = `${view.progress * 100}%`;
    setAttribute(bar, 'aria-label', t(item.phase === 'converting' ? 'bar.convert' : 'bar.upload', { name: item.name }));
    setAttribute(bar, 'aria-valuenow', Math.floor(view.progress * 100));
    setAttribute(bar, 'aria-valuetext', percent(view.progress));
  }

  function showActions(view) {
    const had = actions.contains(document.activeElement);
    const buttons = view.actions.map((action) => actionButton(action, () => act(action, item, self), item));
    if (view.menu.length) {
      buttons.push(menuButton(
        t('menu.more'), t('menu.of', { name: item.name }),
        view.menu.map((action) => ({ label: t(`action.${action}`), isBad: action === 'delete', run: () => act(action, item, self) })),
      ));
    }
    replace(actions, buttons);
    if (had) focusAction();
  }

  function focusAction() {
    (actions.querySelector('button, a') ?? root).focus();
  }

  return self;
}

function actionButton(action, click, item) {
  const text = t(`action.${action}`);
  // The name has to begin with what can be seen, for those who speak it.
  const label = t('action.of', { action: text, name: item.name });
  if (action === 'download') {
    return h('a', {
      class: 'button soft', href: `/download?fid=${encodeURIComponent(item.id)}`, download: '', 'aria-label': label,
    }, text);
  }
  if (ICONS[action]) return iconButton(ICONS[action], label, click, { title: text });
  const style = action === 'start' || action === 'choose' ? 'button' : 'button quiet';
  const title = action === 'cut' ? t('cut.title') : null;
  return h('button', { type: 'button', class: style, title, 'aria-label': label, on: { click } }, text);
}
