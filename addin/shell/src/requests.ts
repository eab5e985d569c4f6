// Every request to the API passes here: who asks, in whose language, how long it may take, and what a refused token means.
import * as outlook from './outlook/outlook.ts';
import { released } from './press.ts';
import type { Refusal, SignIn } from './signIn.ts';

export type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface Answer {
  /** 0: nobody answered, and `html` says why in a few words. */
  status: number;
  html: string;
  etag: string | null;
  /** After how many seconds a server that refused wants to be asked again. */
  retryAfterS?: number;
}

export interface Options {
  /** A file goes as it is, anything else as JSON. */
  body?: object;
  headers?: Record<string, string>;
  /** Of two requests for the same place only the later one counts. */
  place?: 'card' | 'people' | 'guess' | 'hits' | 'foot';
  /** Asked by nobody: when a person would have to sign in first, nothing is said. */
  quiet?: boolean;
}

const timeoutMs = 15_000;
/** A file of 32 MB over a slow line. */
const fileTimeoutMs = 300_000;
/** How often a server that has too much to do is asked again, and how long it may ask to wait. */
const maxWaits = 3;
const maxWaitMs = 10_000;
/** The first date format of a page takes Chromium 15 ms of its main thread, just when office.js wants it; Temporal knows the zone at once. */
const timeZone = temporal()?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

const inFlight = new Map<string, AbortController>();
let signIn: SignIn;
let signedOut: (refusal: Refusal) => void;

export function start(access: SignIn, whenSignedOut: (refusal: Refusal) => void): void {
  signIn = access;
  signedOut = whenSignedOut;
}

export const isOk = ({ status }: Answer): boolean => status >= 200 && status < 300;

/** Null when the answer is not wanted any more, or when the person was told to sign in first. Answered while nobody presses. */
export async function ask(verb: Verb, url: string, { body, headers, place, quiet }: Options = {}): Promise<Answer | null> {
  const control = new AbortController();
  if (place) {
    drop(place);
    inFlight.set(place, control);
  }

  for (let attempt = 1; ; attempt++) {
    const refusal = signIn.token ? null : await signIn.silently(attempt > 1);
    if (control.signal.aborted) {
      return null;
    }

    if (refusal === 'unreachable') {
      return nobody(unreachable());
    }

    if (!refusal) {
      const answer = await sendInTime(verb, url, control.signal, headers, body);
      await released();
      if (control.signal.aborted || answer.status !== 401) {
        return control.signal.aborted ? null : answer;
      }

      signIn.forget();
    }

    // A fresh token refused as well: the person is signed in, but not for this.
    if (refusal || attempt > 1) {
      if (!quiet) {
        signedOut(refusal ?? 'failed');
      }

      return null;
    }
  }
}

/** What was asked for this place is not wanted any more. */
export function drop(place: NonNullable<Options['place']>): void {
  inFlight.get(place)?.abort();
  inFlight.delete(place);
}

/** Refused for being too much, nothing was done: asked again after as long as the server says. */
async function sendInTime(...[verb, url, dropped, more, body]: Parameters<typeof send>): Promise<Answer> {
  for (let waits = 0; ; waits++) {
    const answer = await send(verb, url, dropped, more, body);
    if (answer.status !== 429 || waits === maxWaits) {
      return answer;
    }

    await pause(Math.min((answer.retryAfterS ?? 1) * 1000, maxWaitMs), dropped);
    if (dropped.aborted) {
      return answer;
    }
  }
}

const pause = (ms: number, dropped: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    dropped.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });

async function send(verb: Verb, url: string, dropped: AbortSignal, more?: Record<string, string>, body?: object): Promise<Answer> {
  const isFile = body instanceof Blob;
  try {
    const response = await fetch(url, {
      method: verb.toUpperCase(),
      headers: {
        Accept: 'text/html',
        'Accept-Language': outlook.language(),
        'Time-Zone': timeZone,
        traceparent: newTrace(),
        Authorization: `Bearer ${signIn.token ?? ''}`,
        ...(body && { 'Content-Type': isFile ? 'application/octet-stream' : 'application/json' }),
        ...more,
      },
      ...(body && { body: isFile ? body : JSON.stringify(body) }),
      signal: AbortSignal.any([dropped, AbortSignal.timeout(isFile ? fileTimeoutMs : timeoutMs)]),
    });
    const retryAfter = response.headers.get('Retry-After');
    return {
      status: response.status,
      html: await response.text(),
      etag: response.headers.get('ETag'),
      ...(retryAfter && { retryAfterS: Number.parseInt(retryAfter, 10) || 1 }),
    };
  } catch (error) {
    return nobody((error as Error).name === 'TimeoutError' ? 'No answer in time' : unreachable());
  }
}

/** W3C trace context: whatever a request sets off is found in every log by one id, which says nothing of anybody. */
const newTrace = (): string => `00-${randomHex(16)}-${randomHex(8)}-01`;

const randomHex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** What TypeScript's library does not have yet, nor every web view. */
function temporal(): { Now: { timeZoneId(): string } } | undefined {
  return (globalThis as { Temporal?: { Now: { timeZoneId(): string } } }).Temporal;
}

const nobody = (why: string): Answer => ({ status: 0, html: why, etag: null });

const unreachable = (): string => (navigator.onLine ? 'Not reachable' : 'Offline');
