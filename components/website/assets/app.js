// Puts the page together.

import { act } from './actions.js';
import { announcer } from './announce.js';
import { corner, settings } from './chrome.js';
import { defaults, isHeld, showDefaults, toggleDefaults } from './defaults.js';
import { ACCEPT, limits, listen, loadLimits, ofFolder, refusal } from './files.js';
import { items } from './items.js';
import { jobs } from './jobs.js';
import { list } from './list.js';
import { notify, report } from './notice.js';
import { batchPath, overview } from './overview.js';
import { player } from './player.js';
import { isJobAddress, route } from './routes.js';
import { session } from './session.js';
import { signInForm } from './signin.js';
import { keepSetting, setting } from './storage.js';
import { current, preferred, t, texts, translate, useLanguage } from './texts.js';
import * as uploads from './uploads.js';

/** Until the service is asked again who is signed in, in milliseconds. */
const RETRY = 5000;

const $ = (id) => document.getElementById(id);
const context = () => ({ isSignedIn: Boolean(session.user), limits });
const chosen = () => [...items.all.values()].filter((item) => item.phase === 'chosen' || item.phase === 'waiting');

await useLanguage(preferred(setting('language'), navigator.languages ?? []));
const say = announcer($('announcements'), context);
const rows = list($('list'), {
  context, act, isPlaying: (item) => player.isPlaying(item), batchPath: () => batchPath,
});
const showOverview = overview(() => rows.refreshDays());
const signIn = signInForm($('signin'), () => {
  if (session.hasEnded) return t('signin.ended');
  if (chosen().length) return t('signin.why_files');
  return t(isJobAddress() ? 'signin.why_job' : 'signin.why');
});

// Files.

let nextBatch = 1;

function take(files, skipped = 0) {
  if (location.hash && location.hash !== '#/') location.hash = '#/';
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
    // The first one stands above the others.
    const item = items.add({
      name: file.name, size: file.size, file, options: defaults(), batch, created: now + files.length - at,
      phase: problem ? 'refused' : 'chosen', problem,
    });
    added += 1;
    if (!problem && session.user && !isHeld()) uploads.start(item);
  }
  if (added) say(t('say.chosen', { count: added }));
  if (skipped) notify(t('list.skipped', { count: skipped }));
  if (session.user === null && chosen().length) session.ask();
  showOverview();
}

function picker(button, input, filesOf) {
  button.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const { files, skipped } = filesOf(input.files);
    take(files, skipped);
    input.value = '';
  });
}

// Sessions.

let account = null;
let email = '';
let isLoaded = false;
const go = () => route({ row: (item) => rows.row(item), isLoaded, say });

function signedOut() {
  jobs.close();
  isLoaded = false;
  uploads.stopAll();
  if (!session.hasEnded) {
    player.close();
    // Who signs out leaves nothing to the next person. Before the first answer nobody was signed in.
    items.clear({ withChosen: account !== null });
    account = null;
  }
  if (session.hasEnded || chosen().length) session.ask();
  go();
}

async function signedIn() {
  const { user } = session;
  const hadFocus = $('signin').contains(document.activeElement);
  signIn.hide();
  if (hadFocus) (document.querySelector('.row') ?? $('choose')).focus();
  if (account && account !== user.id) {
    player.close();
    uploads.stopAll();
    items.clear();
    isLoaded = false;
  }
  ({ id: account, email } = user);
  keepSetting('known', '1');
  signIn.known(email);
  notify(session.hasLink && !user.confirmed ? t('notice.unconfirmed', { email }) : null);
  go();
  if (isLoaded) return;
  if (!isHeld()) for (const item of chosen()) uploads.start(item);
  uploads.pump();
  try {
    await Promise.all([jobs.open(), uploads.restore()]);
  } catch (problem) {
    report(problem);
  }
  if (account !== user.id || !session.user) return;
  isLoaded = true;
  go();
}

session.addEventListener('change', () => {
  rows.refresh();
  if (session.user) signedIn();
  else signedOut();
});
session.addEventListener('wanted', () => signIn.show());

/** Finds out who is signed in, however long the service is away. */
async function begin() {
  if (!limits.upload_max_bytes) await loadLimits();
  try {
    await session.refresh();
  } catch (problem) {
    report(problem);
    setTimeout(begin, RETRY);
  }
}

// The whole page.

function showTexts() {
  const { language, direction } = current();
  document.documentElement.lang = language;
  document.documentElement.dir = direction;
  translate(document);
  showDefaults();
  signIn.render();
  showOverview();
  go();
}

texts.addEventListener('change', showTexts);
player.addEventListener('change', rows.refresh);
addEventListener('hashchange', go);
addEventListener('online', () => notify(null));
addEventListener('offline', () => notify(t('notice.offline')));
addEventListener('beforeunload', (event) => {
  if (uploads.isBusy() || chosen().length) event.preventDefault();
});
$('file').accept = ACCEPT;
picker($('choose'), $('file'), (files) => ({ files: [...files], skipped: 0 }));
picker($('choose-folder'), $('folder'), ofFolder);
$('change').addEventListener('click', toggleDefaults);
$('more').addEventListener('click', () => jobs.more().catch(report));
listen(take, (isOver) => document.body.classList.toggle('is-over', isOver));
settings($('settings'));
corner($('corner'), { signIn: () => session.ask(), signOut: () => session.signOut().catch(report) });
showTexts();
await begin();
document.documentElement.classList.add('is-ready');
