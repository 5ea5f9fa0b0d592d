// A browser on the app. Whatever the page should never do fails the scenario at its end:
// errors on the console, exceptions, violations of the policy, requests to another origin.

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
// Ends a hang; does not measure speed.
const PATIENCE = Number(process.env.PATIENCE ?? 60_000);
// The page asks who is signed in, and 401 means nobody.
const EXPECTED = [/401 .*\/account$/];

export class Stage {
  static async open(name) {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM,
      args: ['--disable-gpu', '--autoplay-policy=no-user-gesture-required'],
    });
    const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
    return new Stage(name, browser, axe);
  }

  constructor(name, browser, axe) {
    this.name = name;
    this.browser = browser;
    this.axe = axe;
    this.base = process.env.BASE;
    this.complaints = [];
    this.expected = [...EXPECTED];
    this.pages = [];
  }

  // Accepts complaints that match, such as refused connections while the app is down.
  expect(pattern) {
    this.expected.push(pattern);
  }

  // A new profile with one page. `options` are playwright's of a context.
  async page(options = {}) {
    const context = await this.browser.newContext({
      baseURL: this.base,
      locale: 'en-GB',
      colorScheme: 'light',
      viewport: { width: 1024, height: 768 },
      ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    // Runs before the page's own scripts and is not subject to its policy.
    if (options.javaScriptEnabled !== false) await context.addInitScript({ content: this.axe });
    const page = await context.newPage();
    this.watch(page);
    this.pages.push(page);
    return page;
  }

  watch(page) {
    const complain = (text) => this.complaints.push(text);
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      complain(`console: ${message.text()} at ${message.location().url}`);
    });
    page.on('pageerror', (error) => complain(`exception: ${error.stack}`));
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== this.base) complain(`request to ${request.url()}`);
    });
    page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
  }

  // Fails for what the pages did so far and nobody expected.
  check() {
    // Chromium reports refusals and lost connections as errors.
    const is_status = (text) => text.match(/status of (\d+) .*? at (.*)/)?.slice(1).join(' ') ?? text;
    const left = this.complaints.filter((text) => !this.expected.some((it) => it.test(is_status(text)) || it.test(text)));
    assert.deepEqual(left, [], 'what the page did');
  }

  // Fails for anything that axe finds against WCAG 2.2 A and AA.
  async accessible(page, state) {
    // What fades in has its contrast at the end. Only the disc of a conversion never ends.
    await page.evaluate(() => Promise.all(document.getAnimations()
      .filter((it) => it.effect.getComputedTiming().endTime !== Infinity)
      .map((it) => it.finished.catch(() => {}))));
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    }));
    const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((it) => `${it.html} ${it.failureSummary}`).join(' | ')}`);
    assert.deepEqual(found, [], `accessibility of ${state}`);
  }

  // `accessible` in the light and the dark theme, with a picture of each.
  async themes(page, state) {
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme });
      await this.accessible(page, `${state}, ${colorScheme}`);
      await this.show(`${state.replaceAll(' ', '-')}-${colorScheme}`, page);
    }
  }

  // Fails if anything makes the page wider than the window.
  async fits(page, state) {
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `${state} is ${content} px wide in a window of ${window}`);
  }

  // A picture of each page, in target/screenshots.
  async show(state, page = undefined) {
    await mkdir(process.env.SCREENSHOTS, { recursive: true });
    for (const [at, it] of (page ? [page] : this.pages).entries()) {
      const name = [this.name, state, at || ''].filter(Boolean).join('-');
      await it.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
    }
  }

  async close() {
    await this.browser.close();
  }
}
