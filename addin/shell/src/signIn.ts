// Who may ask the API. Gets a token without a word where it can, and asks the person only after a click.
import { browserStore } from './keep.ts';
import type { Access, Way } from './msal.ts';

/** What a person can do about a sign-in that did not work. */
export type Refusal = 'askPerson' | 'noAnswer' | 'windowBlocked' | 'cancelled' | 'failed' | 'unreachable';

/** A bridge whose host never answers would hang the pane for ever. */
const bridgeLimitMs = 10_000;
/** The window is the person's: long enough to find a telephone for the second factor. */
const personLimitMs = 300_000;
const renewBeforeMs = 5 * 60_000;
const clockSkewMs = 30_000;

const store = browserStore('sessionStorage');
const key = 'crm.token';

interface KeptAccess extends Access {
  user: string;
}

export class SignIn {
  private readonly user: string;
  private readonly renewed: () => void;
  private access: KeptAccess | null;
  private pending: Promise<Refusal | null> | null = null;
  private way: Way = 'outlook';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(user: string, renewed: () => void) {
    this.user = user;
    this.renewed = renewed;
    const kept = JSON.parse(store.getItem(key) ?? 'null') as KeptAccess | null;
    this.access = kept?.user === user ? kept : null;
    this.renewInTime();
  }

  /** A token that is good for at least half a minute, at once; or null. */
  get token(): string | null {
    return this.access && this.access.expiresAt - clockSkewMs > Date.now() ? this.access.token : null;
  }

  /** The server refused it: whatever its date says, it is worth nothing. */
  forget(): void {
    this.access = null;
    store.removeItem(key);
  }

  /** Null when it worked. Many may call at once: one attempt is made. */
  silently(): Promise<Refusal | null> {
    return (this.pending ??= this.try('silently', bridgeLimitMs).finally(() => (this.pending = null)));
  }

  /** Only from a click: it may open a window. */
  interactively(): Promise<Refusal | null> {
    return this.try('interactively', personLimitMs);
  }

  private async try(how: 'silently' | 'interactively', limitMs: number): Promise<Refusal | null> {
    const msal = await import('./msal.ts').catch(() => null);
    if (!msal) {
      return 'unreachable';
    }

    try {
      const access = await within(limitMs, how === 'silently' ? msal.silently(this.way) : msal.interactively(this.way, this.user));
      if (!access) {
        return 'askPerson';
      }

      this.access = { ...access, user: this.user };
      store.setItem(key, JSON.stringify(this.access));
      this.renewInTime();
      return null;
    } catch (error) {
      return this.refusalOf(error, how);
    }
  }

  private refusalOf(error: unknown, how: 'silently' | 'interactively'): Refusal {
    if (error instanceof TimedOut) {
      // The next click goes around the bridge.
      this.way = 'window';
      return 'noAnswer';
    }

    const code = (error as { errorCode?: string }).errorCode ?? '';
    console.warn('Sign-in failed:', code || error);
    if (code === 'user_cancelled' || code === 'user_canceled' || code === 'access_denied') {
      return 'cancelled';
    }

    if (code === 'popup_window_error' || code === 'empty_window_error') {
      return 'windowBlocked';
    }

    return how === 'silently' && !navigator.onLine ? 'noAnswer' : 'failed';
  }

  private renewInTime(): void {
    clearTimeout(this.timer);
    if (this.access) {
      const wait = Math.max(this.access.expiresAt - renewBeforeMs - Date.now(), 1_000);
      this.timer = setTimeout(() => void this.silently().then((refusal) => refusal ?? this.renewed()), wait);
    }
  }
}

class TimedOut extends Error {}

function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimedOut()), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
