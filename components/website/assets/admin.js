// The page of administrators: queues, failures, dead letters. Loaded when it is opened.

import { Problem, api } from './api.js';
import { confirm } from './dialog.js';
import { h, replace, setText } from './dom.js';
import { moment, number, span } from './format.js';
import { explain, t } from './texts.js';

/** Queues with dead letters. */
const QUEUES = ['video', 'mp3', 'letter'];
const ORDER = ['video', 'segment', 'mp3', 'letter'];
/** Between two looks at the queues, in milliseconds. */
const REFRESH = 5000;

/** Shows the page in `place`; it refreshes itself until it is replaced. */
export function showAdmin(place) {
  const error = h('p', { class: 'error', role: 'alert' });
  const queues = h('tbody');
  const failures = h('tbody');
  const title = h('h1', { text: t('admin.title'), tabindex: -1 });
  replace(place, title, error,
    table('admin.queues', ['queue', 'waiting', 'running', 'oldest', 'dead'], queues),
    h('section', { class: 'sheet' }, h('h2', { text: t('admin.dead_letters') }), QUEUES.map((queue) => letters(queue))),
    table('admin.failures', ['code', 'meaning', 'count'], failures));
  const refresh = async () => {
    if (!title.isConnected) return;
    try {
      const overview = await api('GET', '/admin/overview');
      setText(error, '');
      showQueues(queues, overview.queues ?? {});
      showFailures(failures, overview.failures ?? {});
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setText(error, explain(problem.code).what);
    }
    setTimeout(refresh, REFRESH);
  };
  refresh();
}

/** A table that scrolls by itself where the page is too narrow. */
function table(title, columns, body) {
  return h('section', { class: 'sheet' }, h('h2', { text: t(title) }),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t(title) },
      h('table', {}, h('thead', {}, h('tr', {}, columns.map((name) => h('th', { scope: 'col', text: t(`admin.${name}`) })))), body)));
}

function showQueues(body, all) {
  const cell = (value) => h('td', { class: 'number', text: value === undefined || value === null ? '–' : number(value) });
  // In the order in which a file passes them; unknown ones of a later release come last.
  const names = [...new Set([...ORDER.filter((name) => all[name]), ...Object.keys(all)])];
  replace(body, names.map((name) => [name, all[name]]).map(([name, queue]) => h('tr', {},
    h('th', { scope: 'row', text: t(`queue.${name}`) }), cell(queue.waiting), cell(queue.running),
    h('td', { class: 'number', text: queue.due_seconds ? span(queue.due_seconds) : '–' }), cell(queue.dead))));
}

function showFailures(body, all) {
  const list = Object.entries(all).sort(([, a], [, b]) => b - a);
  replace(body, list.length ? list.map(([code, count]) => h('tr', {},
    h('th', { scope: 'row' }, h('code', { text: code })), h('td', { text: explain(code).what }), h('td', { class: 'number', text: number(count) })))
    : h('tr', {}, h('td', { colspan: 3, text: t('admin.none') })));
}

/** The dead letters of a queue, with paging. */
function letters(queue) {
  const list = h('ul', { class: 'plain-list' });
  const more = h('button', { type: 'button', class: 'button quiet', hidden: true, text: t('list.more'), on: { click: () => load(next) } });
  const root = h('div', {}, h('h3', { text: t(`queue.${queue}`) }), list, more);
  let next = null;

  async function load(path) {
    try {
      const page = await api('GET', path);
      if (page.dead_letters.length === 0 && !list.children.length) list.append(h('li', { class: 'note', text: t('admin.none') }));
      list.append(...page.dead_letters.map(entry));
      next = page.next ?? null;
      more.hidden = !next;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      list.append(h('li', { class: 'error', text: explain(problem.code).what }));
    }
  }

  function entry(letter) {
    const error = h('p', { class: 'error', role: 'alert' });
    const name = letter.name || letter.id;
    const row = h('li', { class: 'letter' },
      h('div', {},
        h('bdi', { class: 'letter-name', text: name }), letter.username && h('span', { class: 'note', text: ` ${letter.username}` }),
        h('p', { class: 'note' }, h('code', { text: letter.error.code }), ` ${letter.error.message} `,
          t('admin.died', { time: moment(Date.parse(letter.died_at)), count: letter.attempts })), error),
      h('div', { class: 'panel-buttons' },
        button('admin.requeue', name, () => act('POST', letter.links.requeue)),
        button('admin.drop', name, async () => await confirm(t('admin.drop_ask', { name }), t('admin.drop')) && act('DELETE', letter.links.self))));
    async function act(method, path) {
      try {
        await api(method, path);
        row.remove();
        if (!list.children.length) list.append(h('li', { class: 'note', text: t('admin.none') }));
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        const { what, help } = explain(problem.code);
        setText(error, `${what} ${help}`);
      }
    }
    return row;
  }

  const button = (key, name, click) => h('button', {
    type: 'button', class: 'button quiet', text: t(key), 'aria-label': `${t(key)}: ${name}`, on: { click },
  });

  load(`/admin/dead-letters?queue=${queue}`);
  return root;
}
