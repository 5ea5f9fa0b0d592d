// The page of the account. Loaded when it is opened.

import { Problem, api } from './api.js';
import { confirm } from './dialog.js';
import { h, replace } from './dom.js';
import { moment } from './format.js';
import { session } from './session.js';
import { showError } from './signin.js';
import { t } from './texts.js';

/** Shows the page in `place`. `say` announces what was done. */
export function showAccount(place, { say }) {
  const { user } = session;
  const sessions = h('ul', { class: 'plain-list' });
  replace(place,
    h('h1', { text: t('account.title'), tabindex: -1 }),
    h('p', { class: 'account-who' }, h('bdi', { text: user.email })),
    !user.confirmed && unconfirmed(say),
    section('account.mails_title', mails(user, say)),
    section('account.password_title', form([
      ['password', 'current-password', t('account.password_now')], ['new_password', 'new-password', t('account.password_new'), t('signin.rule')],
    ], t('account.password_change'), async (values) => {
      await api('POST', '/account/password', { json: values });
      return t('account.password_changed');
    })),
    section('account.email_title', form([
      ['email', 'email', t('account.email_new')], ['password', 'current-password', t('account.password_now')],
    ], t('account.email_change'), async (values) => {
      await api('POST', '/account/email', { json: values });
      return t('account.email_sent', { email: values.email });
    })),
    section('account.sessions_title', h('p', { class: 'note', text: t('account.sessions_note') }), sessions, h('button', {
      type: 'button', class: 'button quiet', text: t('account.everywhere'),
      on: {
        click: async () => {
          if (!await confirm(t('account.everywhere_ask'), t('account.everywhere'))) return;
          await session.leave(() => api('POST', '/account/sign-out'));
          location.hash = '#/';
        },
      },
    })),
    section('account.delete_title', h('p', { class: 'note', text: t('account.delete_note') }), form([
      ['password', 'current-password', t('account.password_now')],
    ], t('account.delete'), async (values) => {
      if (!await confirm(t('account.delete_ask'), t('account.delete'))) return '';
      await session.leave(() => api('DELETE', '/account', { json: values }));
      location.hash = '#/';
      return '';
    }, 'bad')));
  loadSessions(sessions);
}

function section(title, ...children) {
  return h('section', { class: 'sheet' }, h('h2', { text: t(title) }), children);
}

function unconfirmed(say) {
  const place = h('p', { class: 'error', role: 'alert' });
  return h('div', { class: 'notice' }, h('p', { text: t('account.unconfirmed') }),
    h('button', {
      type: 'button', class: 'button quiet', text: t('account.send_again'),
      on: {
        click: async (event) => {
          const button = event.currentTarget;
          try {
            await api('POST', '/account/confirm/send');
            say(t('account.sent'));
            button.textContent = t('account.sent');
            button.disabled = true;
          } catch (problem) {
            showError(problem, place);
          }
        },
      },
    }), place);
}

function mails(user, say) {
  const error = h('p', { class: 'error', role: 'alert' });
  const box = h('input', {
    type: 'checkbox', checked: user.mails,
    on: {
      change: async () => {
        try {
          session.set(await api('PATCH', '/account', { json: { mails: box.checked } }));
          say(t(box.checked ? 'account.mails_on' : 'account.mails_off'));
        } catch (problem) {
          box.checked = !box.checked;
          showError(problem, error);
        }
      },
    },
  });
  return h('div', { class: 'check' }, h('label', {}, box, h('span', { text: t('account.mails') })), error);
}

/** `fields` are `[name, kind, label, note]`; `action` returns what was done. */
function form(fields, label, action, tone = '') {
  const inputs = {};
  const error = h('p', { class: 'error', role: 'alert' });
  const done = h('p', { class: 'done', role: 'status' });
  const button = h('button', { class: `button quiet ${tone}`, text: label });
  return h('form', {
    on: {
      submit: async (event) => {
        event.preventDefault();
        error.textContent = done.textContent = '';
        button.disabled = true;
        try {
          const values = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value]));
          done.textContent = await action(values);
          event.target.reset();
        } catch (problem) {
          showError(problem, error, inputs);
        }
        button.disabled = false;
      },
    },
  }, fields.map(([name, kind, text, note]) => {
    inputs[name] = h('input', {
      type: kind === 'email' ? 'email' : 'password', autocomplete: kind, required: true,
    });
    return h('label', { class: 'field' }, h('span', { text }), inputs[name], note && h('span', { class: 'note', text: note }));
  }), error, done, button);
}

async function loadSessions(list) {
  let all;
  try {
    all = (await api('GET', '/account/sessions')).sessions;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return;
  }
  replace(list, all.map((one) => {
    const row = h('li', {},
      h('div', {}, h('bdi', { text: browserOf(one.user_agent) }), one.current && h('strong', { text: ` – ${t('account.this')}` }),
        h('div', { class: 'note', text: t('account.used', { time: moment(Date.parse(one.renewed_at)) }) })),
      !one.current && h('button', {
        type: 'button', class: 'button quiet', text: t('account.end'), 'aria-label': t('account.end_of', { name: browserOf(one.user_agent) }),
        on: {
          click: async () => {
            await api('DELETE', `/account/sessions/${encodeURIComponent(one.id)}`).catch(() => {});
            row.remove();
          },
        },
      }));
    return row;
  }));
}

/** "Firefox on Linux" of a user agent, as well as that can be told. */
export function browserOf(agent) {
  const find = (table) => table.find(([pattern]) => pattern.test(agent ?? ''))?.[1];
  const browser = find([[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox|FxiOS/, 'Firefox'], [/Chrome|CriOS/, 'Chrome'], [/Safari/, 'Safari'], [/curl/, 'curl']]);
  const system = find([[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS/, 'macOS'], [/Linux/, 'Linux']]);
  if (!browser) return agent || t('account.unknown');
  return system ? t('account.browser', { browser, system }) : browser;
}
