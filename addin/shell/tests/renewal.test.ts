import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Renewal, renewMs } from '../src/renewal.ts';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }));
afterEach(() => mock.timers.reset());

test('every few seconds for a quarter of an hour, then ever more seldom, never less than once a minute', () => {
  assert.deepEqual([0, 29, 30, 128, 129, 130].map(renewMs), [4_000, 4_000, 8_000, 8_000, 12_000, 18_000]);
  assert.equal(renewMs(200), 60_000);
});

/** Counts what has been asked since the last time, after some milliseconds; every question is answered at once. */
function asking(isSeen = (): boolean => true): { renewal: Renewal; within: (ms: number) => Promise<number> } {
  let asked = 0;
  let before = 0;
  const renewal = new Renewal(() => Promise.resolve(void asked++), isSeen);
  return {
    renewal,
    within: async (ms) => {
      for (let passed = 0; passed < ms; passed += 500) {
        mock.timers.tick(500);
        await Promise.resolve();
        await Promise.resolve();
      }

      const count = asked - before;
      before = asked;
      return count;
    },
  };
}

test('an hour of looking at one card costs fewer than two hundred questions, and a new selection starts anew', async () => {
  const { renewal, within } = asking();
  renewal.begin();
  assert.equal(await within(20_000), 5);
  const hour = await within(3_580_000);
  assert.ok(hour > 150 && hour < 190, `${hour}`);
  renewal.begin();
  assert.equal(await within(20_000), 5);
});

test('unseen nothing is asked; seen again it is asked at once', async () => {
  let isSeen = false;
  const { renewal, within } = asking(() => isSeen);
  renewal.begin();
  assert.equal(await within(600_000), 0);
  isSeen = true;
  renewal.look();
  assert.equal(await within(500), 1);
  assert.equal(await within(8_000), 2);
});

test('whoever moves in and out of the pane does not ask each time', async () => {
  const { renewal, within } = asking();
  renewal.begin();
  assert.equal(await within(4_000), 1);
  for (let i = 0; i < 5; i++) {
    renewal.look();
    assert.equal(await within(500), 0);
  }
});

test('stopped it asks nothing, not even when somebody looks', async () => {
  const { renewal, within } = asking();
  renewal.begin();
  renewal.stop();
  renewal.look();
  assert.equal(await within(120_000), 0);
});

test('a slow answer is waited for, and not asked for twice', async () => {
  const answers: (() => void)[] = [];
  const renewal = new Renewal(() => new Promise((answer) => answers.push(answer)), () => true);
  renewal.begin();
  mock.timers.tick(4_000);
  renewal.look();
  mock.timers.tick(30_000);
  assert.equal(answers.length, 1);
  answers[0]!();
  await new Promise((resolve) => setImmediate(resolve));
  mock.timers.tick(4_000);
  assert.equal(answers.length, 2);
});
