// A button with a menu (ARIA practices: menu button).

import { h, icon } from './dom.js';

let closeOpen = null;

/** A button with three dots; `entries` are `{label, run}` or `{label, href}`. */
export function menuButton(title, label, entries) {
  const button = h('button', { type: 'button', class: 'icon-button', title, 'aria-label': label }, icon('more'));
  return menu(button, label, entries);
}

/** Gives `button` a menu. Returns the element that has both. */
export function menu(button, label, entries) {
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  const wrap = h('span', { class: 'menu-wrap' }, button);
  const close = (hasFocus = true) => {
    wrap.querySelector('[role=menu]')?.remove();
    button.setAttribute('aria-expanded', 'false');
    closeOpen = null;
    removeEventListener('pointerdown', outside, true);
    if (hasFocus) button.focus();
  };
  const outside = (event) => {
    if (!wrap.contains(event.target)) close(false);
  };
  const open = (last = false) => {
    closeOpen?.(false);
    const list = typeof entries === 'function' ? entries() : entries;
    const nodes = list.map((entry) => h(entry.href ? 'a' : 'button', {
      role: 'menuitem', tabindex: -1, class: entry.isBad ? 'bad' : null, href: entry.href,
      type: entry.href ? null : 'button',
      on: {
        click: () => {
          close();
          entry.run?.();
        },
      },
    }, entry.label));
    wrap.append(h('div', { role: 'menu', class: 'menu', 'aria-label': label, on: { keydown, focusout } }, nodes));
    button.setAttribute('aria-expanded', 'true');
    closeOpen = close;
    addEventListener('pointerdown', outside, true);
    nodes.at(last ? -1 : 0)?.focus();
  };
  const focusout = (event) => {
    if (event.relatedTarget && !wrap.contains(event.relatedTarget)) close(false);
  };
  const keydown = (event) => {
    const nodes = [...wrap.querySelectorAll('[role=menuitem]')];
    const at = nodes.indexOf(document.activeElement);
    const target = {
      ArrowDown: nodes[(at + 1) % nodes.length], ArrowUp: nodes.at(at - 1), Home: nodes[0], End: nodes.at(-1),
    }[event.key];
    if (target) target.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') {
      close();
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  button.addEventListener('click', () => button.getAttribute('aria-expanded') === 'true' ? close() : open());
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    open(event.key === 'ArrowUp');
  });
  return wrap;
}
