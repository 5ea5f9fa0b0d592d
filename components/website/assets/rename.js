// Edits the name of a row in place.

import { Problem } from './api.js';
import { h, replace } from './dom.js';
import { explain, t } from './texts.js';

/** The API takes no longer names. */
const MAX = 180;

/** Replaces the heading of `row` by a field; `save(name)` stores another name. */
export function editName(row, name, save) {
  const { heading } = row;
  const label = heading.firstChild;
  const error = h('p', { class: 'error', role: 'alert' });
  const field = h('input', { type: 'text', value: name, maxlength: MAX, 'aria-label': t('rename.label'), autocomplete: 'off' });
  const end = () => {
    form.remove();
    replace(heading, label);
    heading.hidden = false;
    row.focusAction();
  };
  const form = h('form', {
    class: 'rename',
    on: {
      submit: async (event) => {
        event.preventDefault();
        const next = field.value.trim();
        try {
          if (next && next !== name) await save(next);
          end();
        } catch (problem) {
          if (!(problem instanceof Problem)) throw problem;
          const { what, help } = explain(problem.code);
          error.textContent = `${what} ${help}`;
        }
      },
      keydown: (event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        end();
      },
    },
  }, field, h('button', { class: 'button', text: t('rename.save') }),
  h('button', { type: 'button', class: 'button quiet', text: t('action.keep'), on: { click: end } }), error);
  heading.hidden = true;
  heading.after(form);
  field.focus();
  const dot = name.lastIndexOf('.');
  field.setSelectionRange(0, dot > 0 ? dot : name.length);
}
