// Modules that are loaded when they are needed.

import { Problem } from './api.js';

/**
 * The module that `load` imports. After a roll-out the files of the former page are gone;
 * the page is not reloaded by itself, because that would interrupt uploads.
 */
export async function lazy(load) {
  try {
    return await load();
  } catch (error) {
    if (error instanceof TypeError) throw new Problem(0, 'page_outdated');
    throw error;
  }
}
