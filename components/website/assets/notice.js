// One line for the whole page: what is wrong, or what to know.

import { Problem } from './api.js';
import { setText } from './dom.js';
import { explain } from './texts.js';

/** Shows a line; null takes it away. */
export function notify(text) {
  const notice = document.getElementById('notice');
  notice.hidden = !text;
  setText(notice, text ?? '');
}

/** Shows what is wrong and what would help. An error of the page itself is thrown on. */
export function report(problem) {
  if (!(problem instanceof Problem)) throw problem;
  const { what, help } = explain(problem.code);
  notify(`${what} ${help}`);
}
