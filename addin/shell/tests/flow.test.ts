import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Turns } from '../src/guard.ts';
import { Retry, waitMs } from '../src/retry.ts';

test('an answer asked for in an earlier turn is stale, whatever came between', () => {
  const turns = new Turns();
  const asked = turns.next();
  assert.equal(turns.isStale(asked), false);
  turns.next();
  assert.equal(turns.isStale(asked), true);
  assert.equal(turns.isStale(turns.now), false);
});

test('waiting doubles up to a minute, a quarter more or less', () => {
  assert.deepEqual([0, 1, 2, 9].map((attempt) => waitMs(attempt, 0.5)), [2_000, 4_000, 8_000, 60_000]);
  assert.equal(waitMs(9, 0), 45_000);
  assert.equal(waitMs(9, 1), 75_000);
});

test('back on the net it asks at once, but only if something waits', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  const retry = new Retry(() => asked++);
  retry.now();
  assert.equal(asked, 0);
  retry.later();
  retry.later();
  mock.timers.tick(75_000);
  assert.equal(asked, 1, 'two waits are one request');
  retry.later();
  retry.now();
  assert.equal(asked, 2);
  retry.later();
  retry.stop();
  mock.timers.tick(75_000);
  assert.equal(asked, 2);
  mock.timers.reset();
});
