// Addresses within the page: #/, #/jobs/ID, #/account, #/admin.

import { replace } from './dom.js';
import { items } from './items.js';
import { jobs } from './jobs.js';
import { lazy } from './lazy.js';
import { notify, report } from './notice.js';
import { session } from './session.js';
import { current, explain } from './texts.js';

const PAGES = {
  account: { load: () => import('./account.js'), show: 'showAccount', may: () => true },
  admin: { load: () => import('./admin.js'), show: 'showAdmin', may: (user) => user.admin },
};
const $ = (id) => document.getElementById(id);

let shownPage = '';
let shownJob = null;

/** Whether the address is that of a job. */
export const isJobAddress = () => location.hash.startsWith('#/jobs/');

/**
 * Shows what the address says. `row(item)` is the row of an item; `isLoaded` says whether
 * the list is there; `say` announces.
 */
export async function route({ row, isLoaded, say }) {
  const [, name, id] = location.hash.split('/');
  const page = Object.hasOwn(PAGES, name) && session.user && PAGES[name].may(session.user) ? name : '';
  $('home').hidden = $('files').hidden = Boolean(page);
  $('page').hidden = !page;
  const key = page && `${page}/${current().language}/${session.user.id}`;
  const changes = shownPage !== key;
  shownPage = key;
  if (!page) replace($('page'));
  else if (changes) {
    try {
      const module = await lazy(PAGES[page].load);
      module[PAGES[page].show]($('page'), { say });
      $('page').querySelector('h1').focus();
    } catch (problem) {
      report(problem);
    }
  }
  if (session.user === null && (Object.hasOwn(PAGES, name) || isJobAddress())) session.ask();
  if (name === 'jobs' && id && isLoaded) await showJob(decoded(id), row);
}

/** A part of the address; null if its percent-encoding is broken. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

async function showJob(id, row) {
  if (id !== null && shownJob === id) return;
  if (id === null || !items.byId(id) && !await jobs.one(id).catch(() => null)) {
    notify(Object.values(explain('no_such_job')).join(' '));
    return;
  }
  shownJob = id;
  const { root } = row(items.byId(id));
  for (const other of document.querySelectorAll('.is-target')) other.classList.remove('is-target');
  root.classList.add('is-target');
  root.scrollIntoView({ block: 'center' });
  root.focus({ preventScroll: true });
}
