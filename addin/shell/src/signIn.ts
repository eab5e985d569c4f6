// Who may ask the API. Gets a token without a word where it can, and asks the person only after a click.
import { browserStore } from './keep.ts';
import type { Access } from './msal.ts';

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

interface Way {
  silently(fresh: boolean): Promise<Access | null>;
  interactively(user: string): Promise<Access>;
}

interface Bridge extends Way {
  works(): Promise<boolean>;
}

export class SignIn {
  private readonly renewed: () => void;
  private user: string | null = null;
  private access: Access | null;
  private pending: Promise<Refusal | null> | null = null;
  private aroundBridge = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(renewed: () => void) {
    this.renewed = renewed;
    this.access = JSON.parse(store.getItem(key) ?? 'null') as KeptAccess | null;
  }

  /** A token that is good for at least half a minute, at once; or null. */
  get token(): string | null {
    return this.access && this.access.expiresAt - clockSkewMs > Date.now() ? this.access.token : null;
  }

  /** Begins while office.js still loads: on the desktop the bridge is there from the start. On the web office.js brings it. */
  early(): void {
    if (this.token) {
      return;
    }

    if ('nestedAppAuthBridge' in window) {
      // A refusal waits for the first who asks; a success must not answer whoever asks after the token has been refused.
      const attempt = (this.pending = this.try('silently', false));
      void attempt.then((refusal) => refusal === null && this.pending === attempt && (this.pending = null));
    } else {
      void byOutlook().catch(() => undefined);
    }
  }

  /** Whose mailbox it is: what another mailbox left in this tab is not theirs. */
  belongTo(user: string): void {
    const kept = this.access as Partial<KeptAccess> | null;
    if (kept?.user !== undefined && kept.user !== user) {
      this.forget();
    }

    this.user = user;
    this.keep();
  }

  /** The server refused it: whatever its date says, it is worth nothing. */
  forget(): void {
    this.access = null;
    store.removeItem(key);
  }

  /** Null when it worked. Many may call at once: one attempt is made. `fresh`: not with a token that was at hand before. */
  silently(fresh = false): Promise<Refusal | null> {
    const attempt = (this.pending ??= this.try('silently', fresh));
    void attempt.finally(() => this.pending === attempt && (this.pending = null));
    return attempt;
  }

  /** Only from a click: it may open a window. */
  interactively(): Promise<Refusal | null> {
    return this.try('interactively', false);
  }

  private async try(how: 'silently' | 'interactively', fresh: boolean): Promise<Refusal | null> {
    try {
      const access = how === 'silently'
        ? await within(bridgeLimitMs, this.way().then((way) => way.silently(fresh)))
        : await within(personLimitMs, this.way().then((way) => way.interactively(this.user ?? '')));
      if (!access) {
        return 'askPerson';
      }

      this.access = access;
      this.keep();
      return null;
    } catch (error) {
      return this.refusalOf(error, how);
    }
  }

  private async way(): Promise<Way> {
    if (!this.aroundBridge && ('nestedAppAuthBridge' in window || '__initializeNestedAppAuth' in window)) {
      const outlook = await byOutlook();
      if (await outlook.works()) {
        return outlook;
      }
    }

    return byWindow();
  }

  private refusalOf(error: unknown, how: 'silently' | 'interactively'): Refusal {
    if (error instanceof TimedOut) {
      // The next click goes around the bridge.
      this.aroundBridge = true;
      return 'noAnswer';
    }

    if (error instanceof NotLoaded) {
      return 'unreachable';
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

  private keep(): void {
    clearTimeout(this.timer);
    if (this.access && this.user !== null) {
      store.setItem(key, JSON.stringify({ ...this.access, user: this.user } satisfies KeptAccess));
      const wait = Math.max(this.access.expiresAt - renewBeforeMs - Date.now(), 1_000);
      this.timer = setTimeout(() => void this.silently(true).then((refusal) => refusal ?? this.renewed()), wait);
    }
  }
}

class TimedOut extends Error {}

class NotLoaded extends Error {}

const loaded = <T>(chunk: Promise<T>): Promise<T> => chunk.catch(() => {
  throw new NotLoaded();
});

const byOutlook = (): Promise<Bridge> => loaded(import('./signInByOutlook.ts'));

const byWindow = (): Promise<Way> => loaded(import('./signInByWindow.ts'));

function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimedOut()), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
