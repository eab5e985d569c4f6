import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import * as press from '../src/press.ts';
import { ask, drop, start } from '../src/requests.ts';
import type { Refusal, SignIn } from '../src/signIn.ts';

Object.assign(globalThis, { Office: { context: { displayLanguage: 'en-GB' } } });

/** A sign-in that hands out t1, t2, … until it refuses. */
class Tokens {
  token: string | null = null;
  attempts: boolean[] = [];
  refusal: Refusal | null = null;

  forget(): void {
    this.token = null;
  }

  silently(fresh = false): Promise<Refusal | null> {
    this.attempts.push(fresh);
    this.token = this.refusal ? null : `t${this.attempts.length}`;
    return Promise.resolve(this.refusal);
  }
}

let tokens: Tokens;
let said: Refusal[];
let calls: { url: string; init: RequestInit }[];

beforeEach(() => {
  tokens = new Tokens();
  said = [];
  calls = [];
  start(tokens as unknown as SignIn, (refusal) => said.push(refusal));
});

function answer(...statuses: number[]): void {
  mock.method(globalThis, 'fetch', (url: string, init: RequestInit) => {
    calls.push({ url, init });
    const status = statuses.shift() ?? 200;
    return Promise.resolve(new Response(status === 304 ? null : `<p>${status}</p>`, { status, headers: { ETag: 'W/"v"' } }));
  });
}

const bearers = (): string[] => calls.map(({ init }) => new Headers(init.headers).get('Authorization')!);

test('a refused token is renewed once, and the new one is not the one at hand', async () => {
  answer(401, 200);
  tokens.token = 't0';
  assert.deepEqual(await ask('get', '/api/x'), { status: 200, html: '<p>200</p>', etag: 'W/"v"' });
  assert.deepEqual(bearers(), ['Bearer t0', 'Bearer t1']);
  assert.deepEqual(tokens.attempts, [true]);
  assert.deepEqual(said, []);
});

test('a server that refuses every token is asked twice and no more', async () => {
  answer(401, 401, 401);
  assert.equal(await ask('get', '/api/x'), null);
  assert.equal(calls.length, 2);
  assert.deepEqual(tokens.attempts, [false, true]);
  assert.deepEqual(said, ['failed']);
});

test('without a token nothing is sent, and the person is told once; nobody is told of a question that nobody asked', async () => {
  answer();
  tokens.refusal = 'askPerson';
  assert.equal(await ask('get', '/api/x'), null);
  assert.deepEqual(said, ['askPerson']);
  assert.equal(await ask('get', '/api/x', { quiet: true }), null);
  assert.deepEqual(said, ['askPerson']);
  assert.equal(calls.length, 0);
});

test('of two questions for one place only the later is answered, wherever the first one is', async () => {
  answer();
  const waitsForToken = ask('get', '/api/1', { place: 'card' });
  const second = ask('get', '/api/2', { place: 'card' });
  const elsewhere = ask('get', '/api/3', { place: 'people' });
  const third = ask('get', '/api/4', { place: 'card' });
  assert.deepEqual(await Promise.all([waitsForToken, second]), [null, null]);
  assert.equal((await third)?.status, 200);
  assert.equal((await elsewhere)?.status, 200);
  const given = ask('get', '/api/5', { place: 'card' });
  drop('card');
  assert.equal(await given, null);
});

test('a server with too much to do is asked again when it says, three times and not when nobody waits any more', async () => {
  tokens.token = 't0';
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const retry = (...statuses: number[]): void => {
      mock.method(globalThis, 'fetch', (url: string, init: RequestInit) => {
        calls.push({ url, init });
        const status = statuses.shift() ?? 200;
        return Promise.resolve(new Response(`<p>${status}</p>`, { status, headers: { 'Retry-After': '2' } }));
      });
    };
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    retry(429, 200);
    const asked = ask('get', '/api/x');
    await settle();
    mock.timers.tick(1_999);
    await settle();
    assert.equal(calls.length, 1);
    mock.timers.tick(1);
    assert.equal((await asked)?.status, 200);

    calls = [];
    retry(429, 429, 429, 429, 200);
    const refused = ask('get', '/api/x');
    for (let i = 0; i < 4; i++) {
      await settle();
      mock.timers.tick(2_000);
    }

    assert.equal((await refused)?.status, 429);
    assert.equal(calls.length, 4);

    calls = [];
    retry(429, 200);
    const dropped = ask('get', '/api/x', { place: 'card' });
    await settle();
    drop('card');
    assert.equal(await dropped, null);
    assert.equal(calls.length, 1);
  } finally {
    mock.timers.reset();
  }
});

test('what comes while somebody presses is handed on after the click, and after a second to whoever presses on', async () => {
  tokens.token = 't0';
  answer();
  const page = new EventTarget();
  Object.assign(globalThis, { addEventListener: page.addEventListener.bind(page) });
  press.start();
  const asking = async (ends: () => void): Promise<boolean[]> => {
    let has = false;
    page.dispatchEvent(new Event('pointerdown'));
    const asked = ask('get', '/api/x').then(() => (has = true));
    await new Promise((resolve) => setImmediate(resolve));
    const before = has;
    ends();
    const atOnce = has;
    await asked;
    return [before, atOnce, has];
  };
  assert.deepEqual(await asking(() => page.dispatchEvent(new Event('pointerup'))), [false, false, true]);
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    assert.deepEqual(await asking(() => mock.timers.tick(1_000)), [false, false, true]);
  } finally {
    mock.timers.reset();
  }
});

test('each request is a W3C trace of its own', async () => {
  tokens.token = 't0';
  answer();
  await ask('get', '/api/x');
  await ask('get', '/api/x');
  const traces = calls.map(({ init }) => new Headers(init.headers).get('traceparent')!);
  assert.ok(traces.every((trace) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(trace)), traces.join());
  assert.notEqual(traces[0], traces[1]);
});

test('no answer is said in words, and a body is sent as JSON and only where there is one', async () => {
  tokens.token = 't0';
  answer();
  await ask('post', '/api/x', { body: { a: 1 } });
  await ask('delete', '/api/x');
  assert.deepEqual(calls.map(({ init }) => [init.method, init.body, new Headers(init.headers).get('Content-Type')]), [
    ['POST', '{"a":1}', 'application/json'], ['DELETE', undefined, null],
  ]);
  mock.method(globalThis, 'fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true });
  assert.deepEqual(await ask('get', '/api/x'), { status: 0, html: 'Not reachable', etag: null });
  mock.method(globalThis, 'fetch', () => Promise.reject(new DOMException('', 'TimeoutError')));
  assert.deepEqual(await ask('get', '/api/x'), { status: 0, html: 'No answer in time', etag: null });
});
