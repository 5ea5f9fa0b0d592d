// Puts the page together.

import { announcer } from './announce.js';
import { Problem } from './api.js';
import { corner, settings } from './chrome.js';
import { chooseFile, confirm } from './dialog.js';
import { h, replace, setText } from './dom.js';
import { ACCEPT, limits, listen, loadLimits, ofFolder, refusal } from './files.js';
import { percent } from './format.js';
import { isRunning, items } from './items.js';
import { convertAgain, hasVideo, jobs, remove, rename, zipPath } from './jobs.js';
import { list } from './list.js';
import { asked, optionsForm, summary } from './options.js';
import { closePanel, openCut, openDetails } from './panel.js';
import { player } from './player.js';
import { editName } from './rename.js';
import { session } from './session.js';
import { signInForm } from './signin.js';
import { keepSetting, setting } from './storage.js';
import { current, explain, preferred, t, texts, translate, useLanguage } from './texts.js';
import * as uploads from './uploads.js';

const $ = (id) => document.getElementById(id);
const context = () => ({ isSignedIn: Boolean(session.user), limits });

await useLanguage(preferred(setting('language'), navigator.languages ?? []));
const say = announcer($('announcements'), context);
const rows = list($('list'), { context, act, isPlaying: (item) => player.isPlaying(item), batchPath: () => batchPath });
const signIn = signInForm($('signin'), () => t(
  session.hasEnded ? 'signin.ended' : chosen().length ? 'signin.why_files' : location.hash.startsWith('#/jobs/') ? 'signin.why_job' : 'signin.why'));

const chosen = () => [...items.all.values()].filter((item) => item.phase === 'chosen' || item.phase === 'waiting');

// Options for the files that come next.

let defaults = {};
try {
  defaults = JSON.parse(setting('options')) ?? {};
} catch {
  // An old version wrote something else.
}
const isHeld = () => setting('hold') === '1';

function showSummary() {
  setText($('summary'), summary(defaults));
  $('change').textContent = t($('defaults').hidden ? 'options.change' : 'options.close');
}

function toggleDefaults() {
  const place = $('defaults');
  place.hidden = !place.hidden;
  $('change').setAttribute('aria-expanded', String(!place.hidden));
  if (!place.hidden) {
    const form = optionsForm(defaults, { defaults: limits.defaults });
    form.root.addEventListener('change', () => {
      defaults = form.read();
      keepSetting('options', JSON.stringify(defaults));
      showSummary();
    });
    const hold = h('input', { type: 'checkbox', checked: isHeld(), on: { change: () => keepSetting('hold', hold.checked ? '1' : null) } });
    replace(place, form.root, h('div', { class: 'check' },
      h('label', {}, hold, h('span', { text: t('options.hold') })), h('p', { class: 'note', text: t('options.hold_note') })));
  } else replace(place);
  showSummary();
}

// Taking files.

let nextBatch = 1;

function take(files, skipped = 0) {
  if (location.hash !== '#/' && location.hash) location.hash = '#/';
  const batch = nextBatch++;
  const now = Date.now();
  let added = 0;
  for (const [at, file] of files.entries()) {
    const lost = [...items.all.values()].find((item) => uploads.fits(item, file));
    if (lost) {
      uploads.adopt(lost, file);
      continue;
    }
    const problem = refusal(file);
    const item = items.add({
      name: file.name, size: file.size, file, options: { ...defaults }, batch, created: now + files.length - at,
      phase: problem ? 'refused' : 'chosen', problem,
    });
    added += 1;
    if (!problem && session.user && !isHeld()) uploads.start(item);
  }
  if (added) say(t('say.chosen', { count: added }));
  if (skipped) notify(t('list.skipped', { count: skipped }));
  if (!session.user && chosen().length) {
    if (session.user === undefined) return;
    signIn.show(false);
    signIn.render();
    signIn.show();
  }
  showState();
}

function notify(text) {
  const notice = $('notice');
  notice.hidden = !text;
  setText(notice, text ?? '');
}

// What the buttons of rows do.

const ACTIONS = {
  play: (item, row) => player.toggle(item, row),
  start: (item) => uploads.start(item),
  pause: (item) => uploads.pause(item),
  resume: (item) => uploads.resume(item),
  retry: (item) => uploads.retryNow(item),
  dismiss: (item) => items.remove(item),
  cancel: async (item) => {
    if (item.offset > 10e6 && !await confirm(t('ask.cancel', { name: item.name }), t('action.cancel'))) return;
    await uploads.cancel(item);
  },
  choose: async (item) => {
    const file = await chooseFile(ACCEPT);
    if (!file) return;
    if (uploads.fits(item, file)) uploads.adopt(item, file);
    else notify(t('list.other_file', { name: item.name }));
  },
  cut: (item, row) => openCut(row, {
    limits, choose: () => chooseFile(ACCEPT), apply: (options, file) => convert(item, row, options, file),
  }),
  again: (item, row) => {
    if (item.file || hasVideo(item)) convert(item, row, asked(item.options, limits), item.file);
    else ACTIONS.cut(item, row);
  },
  rename: (item, row) => editName(row, item.name, async (name) => {
    if (item.job) await rename(item, name);
    else items.change(item, { name });
  }),
  details: async (item, row) => {
    const job = await jobs.one(item.id);
    if (job) openDetails(row, job);
  },
  delete: async (item) => {
    if (!await confirm(t('ask.delete', { name: item.name }), t('action.delete'))) return;
    if (player.item === item) player.close();
    await remove(item);
  },
};

async function act(name, item, row) {
  try {
    await ACTIONS[name](item, row);
  } catch (problem) {
    report(problem);
  }
}

function report(problem) {
  if (!(problem instanceof Problem)) throw problem;
  const { what, help } = explain(problem.code);
  notify(`${what} ${help}`);
}

/** Applies cut and options, wherever the file is in its life. */
async function convert(item, row, options, file) {
  if (item.phase === 'chosen' || item.phase === 'waiting' && !item.id) {
    items.change(item, { options });
    if (session.user) uploads.start(item);
    else signIn.show();
  } else if (item.job && hasVideo(item)) {
    if (player.item === item) player.close();
    try {
      await convertAgain(item, options);
    } catch (problem) {
      report(problem);
    }
  } else if (item.job) {
    // The server has the MP3 only: the file is uploaded again, as a row of its own.
    const copy = items.add({ name: file.name, size: file.size, file, options, phase: 'chosen' });
    uploads.start(copy);
  } else await uploads.restart(item, options);
}

// The state of the whole page.

function showState() {
  const all = [...items.all.values()];
  document.body.classList.toggle('has-files', all.length > 0);
  document.body.classList.toggle('is-busy', all.some((item) => item.phase === 'converting'));
  showBatch(all);
  const running = all.filter((item) => ['uploading', 'converting'].includes(item.phase));
  const share = running.reduce((sum, item) => sum + (item.phase === 'uploading' ? item.offset / item.size : item.progress), 0);
  document.title = running.length ? `${percent(share / running.length)} – Tonearm` : 'Tonearm';
  $('more').hidden = !jobs.next;
}

let batchPath = '';

/** Once all files that were chosen together are done: all in one archive. */
function showBatch(all) {
  const batch = Math.max(0, ...all.map((item) => item.batch ?? 0));
  const files = all.filter((item) => item.batch === batch && batch && item.phase !== 'refused');
  const done = files.filter((item) => item.phase === 'done');
  const place = $('batch');
  place.hidden = files.length < 2 || files.some((item) => item.phase === 'chosen');
  const path = !place.hidden && done.length > 1 && !files.some(isRunning) ? zipPath(done) : '';
  if (batchPath !== path) {
    batchPath = path;
    rows.refreshDays();
  }
  const text = t('batch.done', { count: files.length, done: done.length });
  if (place.dataset.shown === text + path) return;
  place.dataset.shown = text + path;
  replace(place, h('span', { text }), path && h('a', { class: 'button', href: path, download: '', text: t('batch.zip') }));
}

let isScheduled = false;
for (const type of ['added', 'changed', 'removed']) {
  items.addEventListener(type, () => {
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(() => {
      isScheduled = false;
      showState();
    }, 200);
  });
}

// Sessions.

let account = null;
let email = '';
let isLoaded = false;
session.addEventListener('change', async () => {
  const id = session.user?.id ?? null;
  rows.refresh();
  if (session.user === null) {
    jobs.close();
    isLoaded = false;
    if (session.hasEnded) signIn.known(email);
    else {
      closePanel(false);
      player.close();
      items.clear();
      account = null;
    }
    if (session.hasEnded || chosen().length || location.hash.startsWith('#/jobs/')) signIn.show();
    route();
    return;
  }
  const hadFocus = $('signin').contains(document.activeElement);
  signIn.hide();
  if (hadFocus) (document.querySelector('.row') ?? $('choose')).focus();
  if (account && account !== id) items.clear();
  account = id;
  email = session.user.email;
  notify(session.user.confirmed ? null : t('notice.unconfirmed', { email: session.user.email }));
  if (!isHeld()) for (const item of chosen()) uploads.start(item);
  uploads.pump();
  route();
  try {
    await Promise.all([jobs.open(), uploads.restore()]);
  } catch (problem) {
    report(problem);
  }
  isLoaded = true;
  route();
});

// Addresses within the page.

let shownRoute = '';
async function route() {
  const [, name, id] = location.hash.split('/');
  const isPage = name === 'account' || name === 'admin';
  const page = session.user && isPage && (name !== 'admin' || session.user.admin) ? name : '';
  $('home').hidden = Boolean(page);
  $('page').hidden = !page;
  $('files').hidden = Boolean(page);
  const key = `${page}/${current().language}/${session.user?.id}`;
  if (page && shownRoute !== key) {
    try {
      const module = await import(`./${page}.js`);
      module[page === 'account' ? 'showAccount' : 'showAdmin']($('page'), { say });
      $('page').querySelector('h1').focus();
    } catch (error) {
      // After a roll-out the files of the former page are gone.
      if (error instanceof TypeError) location.reload();
      throw error;
    }
  } else if (!page) replace($('page'));
  if (isPage && session.user === null) signIn.show();
  shownRoute = key;
  if (name === 'jobs' && id && isLoaded) await showJob(decodeURIComponent(id));
}

let shownJob = null;
async function showJob(id) {
  if (shownJob === id) return;
  let item = items.byId(id);
  if (!item && !await jobs.one(id).catch(() => null)) {
    notify(explain('no_such_job').what);
    return;
  }
  item = items.byId(id);
  shownJob = id;
  const { root } = rows.row(item);
  root.classList.add('is-target');
  root.scrollIntoView({ block: 'center' });
  root.focus({ preventScroll: true });
}

// Wiring.

function showTexts() {
  const { language, direction } = current();
  document.documentElement.lang = language;
  document.documentElement.dir = direction;
  translate(document);
  closePanel(false);
  if (!$('defaults').hidden) {
    toggleDefaults();
    toggleDefaults();
  }
  showSummary();
  signIn.render();
  delete $('batch').dataset.shown;
  showState();
  route();
}

texts.addEventListener('change', showTexts);
player.addEventListener('change', rows.refresh);
jobs.addEventListener('change', showState);
addEventListener('hashchange', route);
addEventListener('online', () => notify(null));
addEventListener('offline', () => notify(t('notice.offline')));
addEventListener('beforeunload', (event) => {
  if (uploads.isBusy() || chosen().length) event.preventDefault();
});

const input = $('file');
input.accept = ACCEPT;
$('choose').addEventListener('click', () => input.click());
input.addEventListener('change', () => {
  take([...input.files]);
  input.value = '';
});
const folder = $('folder');
$('choose-folder').addEventListener('click', () => folder.click());
folder.addEventListener('change', () => {
  const { files, skipped } = ofFolder(folder.files);
  take(files, skipped);
  folder.value = '';
});
$('change').addEventListener('click', toggleDefaults);
$('more').addEventListener('click', () => jobs.more().catch(report));
listen(take, (isOver) => document.body.classList.toggle('is-over', isOver));
settings($('settings'));
corner($('corner'), { signIn: () => signIn.show(), signOut: () => session.signOut().catch(report) });
showTexts();
await loadLimits();
try {
  await session.refresh();
} catch (problem) {
  report(problem);
}
document.documentElement.classList.add('is-ready');
