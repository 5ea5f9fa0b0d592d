// Questions that have to be answered first.

import { h } from './dom.js';
import { t } from './texts.js';

/** Asks for a decision; `yes` names what will be done. */
export function confirm(question, yes) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const dialog = h('dialog', {
      class: 'dialog', 'aria-labelledby': 'dialog-text',
      on: {
        close: () => {
          dialog.remove();
          before?.focus?.();
          resolve(dialog.returnValue === 'yes');
        },
      },
    },
    h('p', { id: 'dialog-text', text: question }),
    h('form', { method: 'dialog', class: 'panel-buttons' },
      h('button', { class: 'button bad', value: 'yes', text: yes }),
      h('button', { class: 'button quiet', value: 'no', autofocus: true, text: t('action.keep') })));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Opens the browser's dialog for one file; null if none is chosen. */
export function chooseFile(accept) {
  return new Promise((resolve) => {
    const input = h('input', { type: 'file', accept });
    input.addEventListener('change', () => resolve(input.files[0] ?? null));
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
}
