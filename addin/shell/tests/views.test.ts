import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { document, show } from './page.js';
import { everySecond, swap, whenUnfolded, wishOf } from '../src/views.ts';

const folder = new URL('../../../../OutlookCrm.Pane/Views/', import.meta.url);
const views = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.razor'))
  .map((name) => ({ name, text: readFileSync(new URL(name.replaceAll('\\', '/'), folder), 'utf8') }));

test('the views use only what is understood here', () => {
  const understood: Record<string, RegExp> = {
    get: /./, post: /./, put: /./, patch: /./, delete: /./,
    target: /^(this|#[\w-]+|closest \w+)$/,
    swap: /^(innerHTML|outerHTML|beforeend)$/,
    select: /./,
    confirm: /./,
    trigger: new RegExp(`^(${whenUnfolded}|${everySecond})$`),
  };
  const used = views.flatMap(({ name, text }) => [...text.matchAll(/\bhx-([\w-]+)(?:="([^"]*)")?/g)].map(([all, what, value]) => ({ name, all, what, value })));
  assert.ok(used.length > 10);
  assert.deepEqual(used.filter(({ what, value }) => !understood[what!]?.test(value ?? '')), []);
});

test('only a form or a button asks by itself, and such a button does not submit the form around it', () => {
  const asking = views.flatMap(({ name, text }) => [...text.matchAll(/<([\w-]+)[^<]*?\shx-(?:get|post|put|patch|delete)=[^<]*/g)].map(([all, tag]) => ({ name, all, tag })));
  assert.ok(asking.length > 10);
  assert.deepEqual(asking.filter(({ all, tag }) => tag !== 'form' && tag !== 'button' && !all.includes('hx-trigger=')), []);
  assert.deepEqual(asking.filter(({ all, tag }) => tag === 'button' && !all.includes('type="button"')), []);
});

test('what an element does not say is a GET into the card, and nothing at all when it asks for nothing', () => {
  const card = show('<button hx-get="/a">A</button><p>B</p>');
  assert.deepEqual(wishOf(card.querySelector('button')!), { verb: 'get', url: '/a', target: card, swap: 'innerHTML', select: null, confirm: null });
  assert.equal(wishOf(card.querySelector('p')!), null);
});

test('an answer may take a place, be added to one, or lend only some of its elements', () => {
  const card = show('<ol><li>1</li><li id="more"><button hx-get="/b" hx-target="closest li" hx-swap="outerHTML" hx-select="ol>li">More</button></li></ol><select hx-get="/c" hx-target="this" hx-swap="beforeend"><option>x</option></select>');
  swap(wishOf(card.querySelector('button')!)!, '<p>not this</p><ol><li>2</li><li>3</li></ol>');
  swap(wishOf(card.querySelector('select')!)!, '<option>y</option>');
  assert.deepEqual([...card.querySelectorAll('li')].map((one) => one.textContent), ['1', '2', '3']);
  assert.deepEqual([...card.querySelectorAll('option')].map((one) => one.textContent), ['x', 'y']);
});

test('the focus stays with whom it was', () => {
  const card = show('<h2 id="who" tabindex="-1">Anna</h2>');
  card.querySelector<HTMLElement>('#who')!.focus();
  swap({ target: card, swap: 'innerHTML', select: null }, '<h2 id="who" tabindex="-1">Anna</h2><p>new</p>');
  assert.equal(document.activeElement, card.querySelector('#who'));
});
