// Builds elements. Texts only ever become text nodes, so no file name is markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Properties that are set as such; everything else is an attribute. */
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'hidden', 'indeterminate', 'muted']);

/**
 * An element. `props` has attributes, `class`, `on` (listeners by event) and `text`;
 * null and undefined values and children are left out.
 */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** An element of SVG. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value == null || value === false && !PROPERTIES.has(name)) continue;
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (name === 'text') element.textContent = value;
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...kept(children));
  return element;
}

/** Children in any depth of arrays; null, undefined and false are left out. */
const kept = (children) => children.flat(Infinity).filter((child) => child != null && child !== false);

/** Sets a text only if it changes, so that screen readers and selections are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets or removes an attribute. */
export function setAttribute(element, name, value) {
  if (value == null || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** Replaces the children of an element. */
export function replace(element, ...children) {
  element.replaceChildren(...kept(children));
}

const ICONS = {
  pause: 'M8 6v12M16 6v12',
  play: 'M8 5.5v13l10.5-6.5z',
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  retry: 'M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4.5 4v4h4',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  down: 'M7 10l5 5 5-5',
};

/** An icon without a name of its own: the control around it has one. */
export function icon(name) {
  return svg('svg', { class: `icon icon-${name}`, viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg('path', { d: ICONS[name] }));
}

/** A button with an icon only, whose name is `label`. */
export function iconButton(name, label, click, props = {}) {
  return h('button', {
    type: 'button', class: 'icon-button', 'aria-label': label, title: label,
    on: { click }, ...props,
  }, icon(name));
}
