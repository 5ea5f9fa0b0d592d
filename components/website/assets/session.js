// Who is signed in. The token is in a cookie that no script can read.

import { Problem, api, events } from './api.js';

/**
 * Fires `change`, and `wanted` when somebody has to sign in. `user` is the account (id, email, confirmed, admin, mails, created_at),
 * null for nobody, undefined while that is unknown.
 */
class Session extends EventTarget {
  user = undefined;
  /** Whether the session ended by itself while the page was open. */
  hasEnded = false;
  /** Whether a link to confirm the address was sent just now. */
  hasLink = false;
  isLeaving = false;

  constructor() {
    super();
    events.addEventListener('signed-out', () => {
      if (!this.user || this.isLeaving) return;
      this.hasEnded = true;
      this.set(null);
    });
  }

  /** Asks who is signed in. */
  async refresh() {
    try {
      this.set(await api('GET', '/account'));
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      this.set(null);
    }
  }

  /** Signs in. */
  async signIn(email, password) {
    await api('POST', '/session', { json: { email, password } });
    this.hasEnded = false;
    await this.refresh();
  }

  /** Creates an account and signs in to it. */
  async register(email, password) {
    const answer = await api('POST', '/register', { json: { email, password } });
    this.hasLink = answer?.state === 'unconfirmed';
    await this.signIn(email, password);
  }

  /** Asks for a sign-in. */
  ask() {
    this.dispatchEvent(new Event('wanted'));
  }

  /** Signs out. */
  async signOut() {
    await this.leave(() => api('DELETE', '/session'));
  }

  /** Does `request`, which ends the session. Answers to others that say so are no surprise. */
  async leave(request) {
    this.isLeaving = true;
    try {
      await request();
    } catch (error) {
      if (!(error instanceof Problem) || !error.isSessionEnd) throw error;
    } finally {
      this.isLeaving = false;
    }
    this.hasEnded = false;
    this.set(null);
  }

  set(user) {
    const changes = JSON.stringify(user) !== JSON.stringify(this.user);
    this.user = user;
    if (changes) this.dispatchEvent(new Event('change'));
  }
}

export const session = new Session();
