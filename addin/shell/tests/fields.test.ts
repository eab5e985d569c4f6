import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changes, encode, withoutNulls, type Field } from '../src/fields.ts';

const text = (name: string, value: string, preset = false): Field => ({ name, value, kind: 'text', preset });

test('names are paths into the body', () => {
  const { body } = encode([
    text('name', ' Anna '),
    text('jobTitle', ''),
    { name: 'preferences.noCampaigns', value: 'true', kind: 'flag' },
    text('preferences.note', 'not before 10'),
    text('phones[0].number', '+49 1'),
    text('phones[0].label', ''),
    { name: 'tags', value: ' a, b,,a ', kind: 'words' },
    { name: 'at', value: '2026-05-03T10:00Z', kind: 'instant' },
    { name: 'postalAddress.country', value: 'de', kind: 'upper' },
  ]);
  assert.deepEqual(body, {
    name: 'Anna',
    jobTitle: null,
    preferences: { noCampaigns: true, note: 'not before 10' },
    tags: ['a', 'b'],
    at: '2026-05-03T10:00:00.000Z',
    postalAddress: { country: 'DE' },
    phones: [{ number: '+49 1', label: null }],
  });
});

test('an empty row goes, and a refusal still finds the control of the row after it', () => {
  const { body, controls } = encode([text('phones[0].number', ''), text('phones[1].number', 'x'), text('phones[2].number', '')]);
  assert.deepEqual(body, { phones: [{ number: 'x' }] });
  assert.equal(controls.get('phones[0].number'), 'phones[1].number');
});

test('a row without parts is the value itself', () => {
  const { body, controls } = encode([text('days[0]', ''), text('days[1]', '2026-12-24')]);
  assert.deepEqual(body, { days: ['2026-12-24'] });
  assert.equal(controls.get('days[0]'), 'days[1]');
});

test('a row that holds only what we filled in is empty', () => {
  assert.deepEqual(encode([text('expectations[0].text', ''), text('expectations[0].on', '2026-05-03', true)]).body, { expectations: [] });
});

test('an address without any line is none', () => {
  assert.deepEqual(encode([text('postalAddress.street', ''), text('postalAddress.city', ' ')]).body, { postalAddress: null });
});

test('a patch names only what changed; clearing a list is a change', () => {
  const before = encode([text('name', 'Anna'), text('jobTitle', 'Buyer'), text('phones[0].number', '1')]).body;
  const now = encode([text('name', 'Anna'), text('jobTitle', ''), text('phones[0].number', '')]).body;
  assert.deepEqual(changes(now, before), { jobTitle: null, phones: [] });
  assert.deepEqual(changes(before, before), {});
});

test('a new customer names only what is known', () => {
  assert.deepEqual(withoutNulls({ name: 'A', company: null, phones: [], primary: false }), { name: 'A', primary: false });
});

test('a control whose name is no path is a fault of ours', () => {
  assert.throws(() => encode([text('a.b.c', 'x')]));
});
