import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { document } from './page.js';
import { start as startRequests } from '../src/requests.ts';
import type { SignIn } from '../src/signIn.ts';

document.body.innerHTML = '<input id="find"><div id="hits" hidden></div><p id="say"></p><div id="bar"><p id="bar-text"></p><button id="bar-button"></button></div>';
const box = document.querySelector<HTMLInputElement>('#find')!;
const hits = document.getElementById('hits')!;
const { start } = await import('../src/search.ts');
Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true });
Object.assign(globalThis, { Office: { context: { displayLanguage: 'en-GB' } } });
startRequests({ token: 't', forget: () => undefined } as unknown as SignIn, () => undefined);

const { Event } = document.defaultView!;
const tell = (what: string, at: HTMLElement = box): boolean => at.dispatchEvent(new Event(what, { bubbles: true }));
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What comes is drawn with its number. */
let answers: (() => void)[] = [];
mock.method(globalThis, 'fetch', (_: string, { signal }: RequestInit) => new Promise((resolve, reject) => {
  const number = answers.length;
  signal!.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
  answers.push(() => resolve(new Response(`<p role="option">${number}</p>`)));
}));

test('what comes for somebody who has gone elsewhere, or is about to take what is there, is not shown', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    start();
    box.value = 'mac';
    const type = async (): Promise<void> => {
      tell('input');
      mock.timers.tick(150);
      await settle();
    };
    await type();
    tell('blur');
    answers.pop()!();
    await settle();
    assert.equal(hits.hidden, true);

    answers = [];
    tell('focus');
    mock.timers.tick(150);
    await settle();
    answers[0]!();
    await settle();
    assert.equal(hits.hidden, false);
    assert.equal(hits.textContent, '0');

    await type();
    tell('pointerdown', hits);
    answers[1]!();
    await settle();
    assert.equal(hits.textContent, '0');
  } finally {
    mock.timers.reset();
  }
});
