// What the buttons and the menus of rows do.

import { chooseFile, confirm } from './dialog.js';
import { ACCEPT, limits } from './files.js';
import { items } from './items.js';
import { convertAgain, hasVideo, jobs, remove, rename } from './jobs.js';
import { lazy } from './lazy.js';
import { notify, report } from './notice.js';
import { asked } from './options.js';
import { player } from './player.js';
import { session } from './session.js';
import { t } from './texts.js';
import * as uploads from './uploads.js';

/** Of so many bytes a person would be sorry. */
const WORTH_ASKING = 10e6;

const panel = () => lazy(() => import('./panel.js'));

const ACTIONS = {
  play: (item, row) => player.toggle(item, row),
  start: (item) => uploads.start(item),
  pause: (item) => uploads.pause(item),
  resume: (item) => uploads.resume(item),
  retry: (item) => uploads.retryNow(item),
  dismiss: (item) => items.remove(item),
  cancel: async (item) => {
    if (item.offset > WORTH_ASKING && !await confirm(t('ask.cancel', { name: item.name }), t('action.cancel'))) return;
    await uploads.cancel(item);
  },
  choose: async (item) => {
    const file = await chooseFile(ACCEPT);
    if (!file) return;
    if (uploads.fits(item, file)) uploads.adopt(item, file);
    else notify(t('list.other_file', { name: item.name }));
  },
  cut: async (item, row) => {
    // The panel offers the tracks of the file, which only the job's own page has.
    if (item.phase === 'done' && !item.job.tracks) await jobs.one(item.id);
    (await panel()).openCut(row, {
      limits, choose: () => chooseFile(ACCEPT), apply: (options, file) => convert(item, options, file).catch(report),
    });
  },
  again: async (item, row) => {
    if (item.file || hasVideo(item)) await convert(item, asked(item.options, limits), item.file);
    else await ACTIONS.cut(item, row);
  },
  rename: async (item, row) => {
    const { editName } = await lazy(() => import('./rename.js'));
    editName(row, item.name, async (name) => {
      if (item.job) await rename(item, name);
      else items.change(item, { name });
    });
  },
  details: async (item, row) => {
    const job = await jobs.one(item.id);
    if (job) (await panel()).openDetails(row, job);
  },
  delete: async (item) => {
    if (!await confirm(t('ask.delete', { name: item.name }), t('action.delete'))) return;
    if (player.item === item) player.close();
    await remove(item);
  },
};

/** Does what a button of a row says, and shows what is wrong if it fails. */
export async function act(name, item, row) {
  try {
    await ACTIONS[name](item, row);
  } catch (problem) {
    report(problem);
  }
}

/** Applies cut and options, wherever the file is in its life. */
async function convert(item, options, file) {
  if (item.phase === 'chosen' || item.phase === 'waiting' && !item.id) {
    items.change(item, { options });
    if (session.user) uploads.start(item);
    else session.ask();
  } else if (item.job && hasVideo(item)) {
    if (player.item === item) player.close();
    await convertAgain(item, options);
  } else if (item.job) {
    // The server has the MP3 only: the file is uploaded again, as a row of its own.
    uploads.start(items.add({ name: file.name, size: file.size, file, options }));
  } else await uploads.restart(item, options);
}
