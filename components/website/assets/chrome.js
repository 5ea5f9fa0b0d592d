// Around the list: header, theme, language, notices.

import { h, replace, setText } from './dom.js';
import { menu } from './menu.js';
import { session } from './session.js';
import { keepSetting, setting } from './storage.js';
import { LANGUAGES, current, t, texts, useLanguage } from './texts.js';

const THEMES = ['auto', 'light', 'dark'];

/** Theme and language in the footer. */
export function settings(place) {
  const theme = h('select', {
    on: {
      change: () => {
        const value = theme.value === 'auto' ? null : theme.value;
        keepSetting('theme', value);
        if (value) document.documentElement.dataset.theme = value;
        else delete document.documentElement.dataset.theme;
      },
    },
  });
  const language = h('select', {
    on: {
      change: () => {
        keepSetting('language', language.value);
        useLanguage(language.value);
      },
    },
  }, Object.entries(LANGUAGES).map(([code, name]) => h('option', { value: code, lang: code, text: name })));
  const names = [h('span'), h('span')];
  const show = () => {
    setText(names[0], t('footer.theme'));
    setText(names[1], t('footer.language'));
    replace(theme, THEMES.map((name) => h('option', { value: name, text: t(`theme.${name}`) })));
    theme.value = setting('theme') ?? 'auto';
    language.value = current().language;
  };
  place.append(h('label', {}, names[0], theme), h('label', {}, names[1], language));
  texts.addEventListener('change', show);
  show();
}

/** The corner of the header: who is signed in, or a button for that. */
export function corner(place, { signIn, signOut }) {
  const show = () => {
    const { user } = session;
    if (user === undefined) {
      replace(place);
      return;
    }
    if (user === null) {
      replace(place, h('button', { type: 'button', class: 'button quiet', text: t('signin.in'), on: { click: signIn } }));
      return;
    }
    const button = h('button', { type: 'button', class: 'who' }, h('bdi', { text: user.email }));
    replace(place, menu(button, t('header.menu', { email: user.email }), () => [
      { label: t('header.files'), href: '#/' },
      { label: t('header.account'), href: '#/account' },
      ...user.admin ? [{ label: t('header.admin'), href: '#/admin' }] : [],
      { label: t('header.out'), run: signOut },
    ]));
  };
  session.addEventListener('change', show);
  texts.addEventListener('change', show);
  show();
}
