import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kept, memoryStore, type Store } from '../src/keep.ts';

test('what was written least recently goes first', () => {
  const kept = new Kept<number>(memoryStore(), 'p.', 3);
  for (const key of ['a', 'b', 'c', 'a', 'd']) {
    kept.put(key, 1);
  }

  assert.deepEqual(['a', 'b', 'c', 'd'].filter((key) => kept.get(key) !== null), ['a', 'c', 'd']);
});

test('another user finds nothing', () => {
  const store = memoryStore();
  new Kept<number>(store, 'crm.card.anna@x.', 3).put('k', 1);
  const ben = new Kept<number>(store, 'crm.card.ben@x.', 3);
  assert.equal(ben.get('k'), null);
  ben.clear();
  assert.equal(new Kept<number>(store, 'crm.card.anna@x.', 3).get('k'), 1);
});

test('cleared and dropped entries leave nothing behind', () => {
  const entries = new Map<string, string>();
  const store: Store = { getItem: (k) => entries.get(k) ?? null, setItem: (k, v) => void entries.set(k, v), removeItem: (k) => void entries.delete(k) };
  const kept = new Kept<number>(store, 'p.', 9);
  kept.put('a', 1);
  kept.put('b', 2);
  kept.drop('a');
  assert.equal(kept.get('a'), null);
  kept.clear();
  assert.equal(entries.size, 0);
});

test('what was kept before somebody was erased is forgotten once', () => {
  const store = memoryStore();
  const kept = new Kept<number>(store, 'crm.card.anna@x.', 9);
  kept.put('kim@x', 1);
  assert.equal(kept.clearBefore('first'), false);
  assert.equal(kept.get('kim@x'), null);
  kept.put('lee@x', 2);
  assert.equal(kept.clearBefore('first'), false);
  assert.equal(kept.get('lee@x'), 2);
  assert.equal(new Kept<number>(store, 'crm.card.anna@x.', 9).clearBefore('second'), true);
  assert.equal(kept.get('lee@x'), null);
});

test('a full browser makes room by forgetting the older half, and says so when even that is not enough', () => {
  const entries = new Map<string, string>();
  let room = 1_000;
  const store: Store = {
    getItem: (k) => entries.get(k) ?? null,
    setItem: (k, v) => {
      const used = [...entries].filter(([key]) => key !== k).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
      if (used + k.length + v.length > room) {
        throw new DOMException('full', 'QuotaExceededError');
      }

      entries.set(k, v);
    },
    removeItem: (k) => void entries.delete(k),
  };
  const kept = new Kept<string>(store, 'p.', 50);
  for (let i = 0; i < 20; i++) {
    assert.equal(kept.put(`k${i}`, 'x'.repeat(100)), true);
  }

  assert.equal(kept.get('k19'), 'x'.repeat(100));
  assert.equal(kept.get('k0'), null);
  room = 10;
  assert.equal(kept.put('k20', 'y'), false);
});
