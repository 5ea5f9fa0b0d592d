// What people do: accounts, signing in, choosing files, mails.

import assert from 'node:assert/strict';

export const PASSWORD = 'correct horse battery staple';

const base = process.env.BASE;

// An address that nobody has, also in an app that scenarios were played against before.
export const address = (name) => `${name}-${Date.now().toString(36)}@example.org`;

// An account that exists already.
export async function register(name) {
  const email = address(name);
  const answer = await fetch(`${base}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  assert.equal(answer.status, 201, 'register');
  return email;
}

// Opens the page and waits until it knows who is signed in.
export async function visit(page, path = '/') {
  const answer = await page.goto(path);
  await page.waitForSelector('html.is-ready');
  return answer;
}

// Signs in and opens the page again. The cookie is the browser's alone.
export async function sign_in(page, email) {
  await page.evaluate(async ([email, password]) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ email, password });
    const answer = await fetch('/session', { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`POST /session: ${answer.status}`);
  }, [email, PASSWORD]);
  await visit(page);
}

// Opens the page with the session of a new account.
export async function visit_as(page, name) {
  const email = await register(name);
  await visit(page);
  await sign_in(page, email);
  return email;
}

// Limits the speed of uploads, in bytes per second. Returns what ends that.
export async function slow_uploads(page, bytes) {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const limit = (uploadThroughput) => network.send('Network.emulateNetworkConditions', {
    offline: false, latency: 0, downloadThroughput: -1, uploadThroughput,
  });
  await limit(bytes);
  return () => limit(-1);
}

// The row of a file.
export const row = (page, name) => page.locator('li.row', { has: page.locator('.row-name', { hasText: name }) });

// Waits until the row of a file says how its job ended.
export async function ended(page, name, tone = 'good') {
  await page.locator(`li.row[data-tone=${tone}]`, { has: page.locator('.row-name', { hasText: name }) }).waitFor();
  return row(page, name);
}

// The newest mail to an address that satisfies `wanted`, when it arrives.
export async function mail(to, wanted = () => true) {
  for (;;) {
    const answer = await fetch(`${base}/mailbox/emails?to=${encodeURIComponent(to)}`);
    const found = (await answer.json()).emails.find(wanted);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
}

// Ends all sessions of an account, as its owner would on another device.
export async function sign_out_everywhere(email) {
  const authorization = `Basic ${Buffer.from(`${email}:${PASSWORD}`).toString('base64')}`;
  const login = await fetch(`${base}/login`, { method: 'POST', headers: { authorization } });
  const token = (await login.text()).trim();
  const answer = await fetch(`${base}/account/sign-out`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  assert.ok(answer.ok, `POST /account/sign-out: ${answer.status}`);
}
