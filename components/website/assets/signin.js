// The form that appears when an account is needed: sign in, or create an account.

import { Problem, api } from './api.js';
import { h, replace } from './dom.js';
import { session } from './session.js';
import { setting } from './storage.js';
import { explain, t } from './texts.js';

/**
 * Shows the form in `place`. `why()` is a sentence about what it is for. Returns
 * `show()`, `hide()`, `render()` and `known(email)`.
 */
export function signInForm(place, why) {
  let mode = setting('known') ? 'in' : 'new';
  let values = { email: '', password: '' };

  function render(message = null) {
    const isNew = mode === 'new';
    const email = h('input', {
      type: 'email', name: 'email', autocomplete: 'username', required: true, value: values.email, 'aria-describedby': 'signin-error',
    });
    const password = h('input', {
      type: 'password', name: 'password', autocomplete: isNew ? 'new-password' : 'current-password',
      required: true, minlength: isNew ? 8 : null, value: values.password, 'aria-describedby': isNew ? 'signin-rule signin-error' : 'signin-error',
    });
    const error = h('p', { class: 'error', id: 'signin-error', role: 'alert' });
    const button = h('button', { class: 'button', text: t(isNew ? 'signin.create' : 'signin.in') });
    const remember = () => {
      values = { email: email.value, password: password.value };
    };
    const form = h('form', {
      class: 'signin', 'aria-labelledby': 'signin-title',
      on: {
        submit: async (event) => {
          event.preventDefault();
          remember();
          button.disabled = true;
          try {
            await (isNew ? session.register(values.email, values.password) : session.signIn(values.email, values.password));
            values.password = '';
          } catch (problem) {
            showError(problem, error, { email, password });
          }
          button.disabled = false;
        },
      },
    },
    h('h2', { id: 'signin-title', text: t(isNew ? 'signin.title_new' : 'signin.title_in') }),
    h('p', { class: 'signin-why', text: why() }),
    message && h('p', { class: 'notice', role: 'status', text: message }),
    h('label', { class: 'field' }, h('span', { text: t('signin.email') }), email),
    h('label', { class: 'field' }, h('span', { text: t('signin.password') }), password,
      isNew && h('span', { class: 'note', id: 'signin-rule', text: t('signin.rule') })),
    error,
    h('div', { class: 'panel-buttons' }, button,
      h('button', {
        type: 'button', class: 'link', text: t(isNew ? 'signin.have' : 'signin.have_not'),
        on: {
          click: () => {
            remember();
            mode = isNew ? 'in' : 'new';
            render();
            focus();
          },
        },
      }),
      !isNew && h('button', {
        type: 'button', class: 'link', text: t('signin.forgot'),
        on: {
          click: async () => {
            remember();
            if (!email.reportValidity()) return;
            await forgot(values.email, (text) => {
              render(text);
              focus();
            }, error);
          },
        },
      })));
    replace(place, form);
  }

  const focus = () => place.querySelector(values.email ? 'input[type=password]' : 'input')?.focus();

  return {
    render: () => {
      if (!place.hidden) render();
    },
    show: () => {
      // The reason may be another one now.
      if (place.hidden || !place.contains(document.activeElement)) {
        place.hidden = false;
        render();
      }
      focus();
    },
    hide: () => {
      place.hidden = true;
      replace(place);
    },
    /** Shows it as a sign-in, to somebody who has an account. */
    known: (email) => {
      mode = 'in';
      values.email = email;
    },
  };
}

async function forgot(email, done, error) {
  try {
    await api('POST', '/account/forgot', { json: { email } });
    done(t('signin.sent', { email }));
  } catch (problem) {
    showError(problem, error);
  }
}

/** Says what was wrong, at the field that it concerns. */
export function showError(problem, place, fields = {}) {
  if (!(problem instanceof Problem)) throw problem;
  const { what, help } = explain(problem.code);
  const wait = problem.retryAfter ? ` ${t('signin.wait', { count: problem.retryAfter })}` : '';
  place.textContent = `${what} ${help}${wait}`;
  for (const [name, input] of Object.entries(fields)) {
    input.setAttribute('aria-invalid', String(problem.field === name));
  }
  (fields[problem.field] ?? Object.values(fields).at(-1))?.focus();
}
