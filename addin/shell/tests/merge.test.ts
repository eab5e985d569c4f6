import assert from 'node:assert/strict';
import { test } from 'node:test';
import { show } from './page.js';
import { merge, remember } from '../src/merge.ts';

interface Drawn {
  etag?: string;
  contact?: string;
  tags?: string;
  lines?: string[];
  more?: boolean;
}

/** A card as the server draws it. A line is "time text". */
function draw({ etag = '1', contact = 'yesterday', tags = 'vip', lines = ['3 c', '2 b', '1 a'], more = false }: Drawn): string {
  const line = (text: string): string => `<li><p class="meta"><time datetime="${text.split(' ')[0]}">then</time></p><p class="text">${text}</p>
<button data-do="unfold" aria-expanded="false">Show all</button></li>`;
  const history = lines.length === 0
    ? '<p class="empty">Nothing yet.</p>'
    : `<ol class="lines">${lines.map(line).join('')}${more ? '<li class="earlier"><button>Show earlier</button></li>' : ''}</ol>`;
  return `<article class="card" data-customer="x" data-etag="${etag}"><header class="who"><h2 id="who" tabindex="-1">Anna</h2><p>${contact}</p></header>
<form class="note"><textarea></textarea></form>
<section class="row"><h3>Tags</h3><details class="edit"><summary aria-label="Edit tags"></summary><form data-form="tags"><input name="tags" value="${tags}"></form></details></section>
<section class="row"><h3>Wishes</h3><details class="edit"><form data-form="wish"><input name="wish" value=""></form></details></section>
<section class="row"><p>always the same</p></section>
<section class="history"><h3>History</h3><div id="timeline">${history}</div></section></article>`;
}

function open(drawn: Drawn): HTMLElement {
  const card = show(draw(drawn));
  remember(card);
  return card.querySelector('article')!;
}

function fresh(drawn: Drawn): Element {
  const template = document.createElement('template');
  template.innerHTML = draw(drawn);
  return template.content.firstElementChild!;
}

const texts = (article: Element): string[] => [...article.querySelectorAll('.lines > li .text')].map((one) => one.textContent!);
const none = (): void => undefined;

test('the same again touches nothing', () => {
  const article = open({});
  const before = [...article.querySelectorAll('*')];
  const { parts, waits } = merge(article, fresh({}), none);
  assert.deepEqual([...article.querySelectorAll('*')], before);
  assert.deepEqual({ parts: parts.length, waits }, { parts: 0, waits: false });
});

test('a new line comes to its place and every other line stays the element it was, unfolded text and half a note too', () => {
  const article = open({});
  const lines = [...article.querySelectorAll('.lines > li')];
  lines[1]!.querySelector('button')!.setAttribute('aria-expanded', 'true');
  article.querySelector('textarea')!.value = 'half a no';
  article.querySelector('textarea')!.focus();
  const { parts, waits } = merge(article, fresh({ etag: '2', contact: 'today', lines: ['4 d', '3 c', '2 b', '1 a'] }), none);
  assert.deepEqual(texts(article), ['4 d', '3 c', '2 b', '1 a']);
  assert.deepEqual([...article.querySelectorAll('.lines > li')].slice(1), lines);
  assert.equal(lines[1]!.querySelector('button')!.getAttribute('aria-expanded'), 'true');
  assert.equal(article.querySelector('textarea')!.value, 'half a no');
  assert.equal(document.activeElement, article.querySelector('textarea'));
  assert.match(article.querySelector('.who')!.textContent!, /today/);
  assert.equal(article.getAttribute('data-etag'), '2');
  assert.deepEqual({ parts: parts.length, waits }, { parts: 2, waits: false });
});

test('lines that changed or went are changed and gone, also when every line is another one', () => {
  const article = open({});
  merge(article, fresh({ lines: ['3 c', '1 new'] }), none);
  assert.deepEqual(texts(article), ['3 c', '1 new']);
  merge(article, fresh({ lines: ['9 x', '8 y'] }), none);
  assert.deepEqual(texts(article), ['9 x', '8 y']);
  merge(article, fresh({ lines: [] }), none);
  assert.deepEqual(texts(article), []);
  assert.equal(article.querySelector('.empty')?.textContent, 'Nothing yet.');
  merge(article, fresh({ lines: ['1 a'] }), none);
  assert.deepEqual(texts(article), ['1 a']);
  assert.equal(article.querySelector('.empty'), null);
});

test('an open form waits until it is closed, and keeps the version that it was filled from', () => {
  const article = open({ etag: '1' });
  const details = article.querySelector('details')!;
  details.open = true;
  const versions: (string | null)[] = [];
  const next = { etag: '2', tags: 'vip, oak', lines: ['4 d', '3 c', '2 b', '1 a'] };
  const first = merge(article, fresh(next), () => versions.push(article.getAttribute('data-etag')));
  assert.equal(first.waits, true);
  assert.deepEqual(versions, ['1'], 'told while the card still is the version the form was drawn with');
  assert.equal(article.querySelector('input')!.getAttribute('value'), 'vip');
  assert.deepEqual(texts(article), ['4 d', '3 c', '2 b', '1 a'], 'the rest of the card need not wait');

  details.open = false;
  const second = merge(article, fresh(next), none);
  assert.deepEqual({ waits: second.waits, parts: second.parts.length }, { waits: false, parts: 1 });
  assert.equal(article.querySelector('input')!.getAttribute('value'), 'vip, oak');
});

test('the answer to a save closes the form that was saved, and leaves another that is typed in as it is', () => {
  const article = open({ etag: '1' });
  const [saved, other] = article.querySelectorAll('details');
  saved!.open = true;
  other!.open = true;
  const typing = other!.querySelector('input')!;
  typing.value = 'half a wi';
  typing.focus();
  typing.setSelectionRange(4, 4);
  const { waits } = merge(article, fresh({ etag: '2', tags: 'vip, oak', contact: 'today' }), none, saved!.querySelector('form')!);
  assert.equal(waits, false);
  assert.equal(article.querySelector('details')!.open, false);
  assert.equal(article.querySelector('input')!.getAttribute('value'), 'vip, oak');
  assert.match(article.querySelector('.who')!.textContent!, /today/);
  assert.equal(article.getAttribute('data-etag'), '2');
  assert.equal(document.activeElement, typing);
  assert.deepEqual([typing.isConnected, other!.open, typing.value, typing.selectionStart], [true, true, 'half a wi', 4]);
});

test('a form that was saved is drawn anew also when the server draws the same: what it held is saved, or is not what was saved', () => {
  const article = open({});
  const details = article.querySelector('details')!;
  details.open = true;
  article.querySelector('input')!.value = 'vip ';
  merge(article, fresh({ etag: '2' }), none, details.querySelector('form')!);
  assert.equal(article.querySelector('details')!.open, false);
  assert.equal(article.querySelector('input')!.value, 'vip');
});

test('a line that was deleted goes although its form is open, and nothing else does', () => {
  const article = open({});
  const [, deleted, last] = article.querySelectorAll('.lines > li');
  deleted!.querySelector('button')!.setAttribute('aria-expanded', 'true');
  last!.querySelector('button')!.setAttribute('aria-expanded', 'true');
  merge(article, fresh({ lines: ['3 c', '1 a'] }), none, deleted!.querySelector('button')!);
  assert.deepEqual(texts(article), ['3 c', '1 a']);
  assert.equal(last!.isConnected, true);
});

test('a section that comes up takes the place of none that is open', () => {
  const article = open({});
  article.querySelector('details')!.open = true;
  const next = fresh({ tags: 'vip, oak' });
  const section = document.createElement('section');
  section.className = 'row';
  section.innerHTML = '<h3>People</h3>';
  next.querySelector('.note')!.after(section);
  const { waits } = merge(article, next, none);
  assert.equal(waits, true);
  assert.deepEqual([...article.querySelectorAll('h3')].map((one) => one.textContent), ['People', 'Tags', 'Wishes', 'History']);
  assert.equal(article.querySelector('details')!.open, true);
});

test('a line that is being read stays, changed or gone', () => {
  const article = open({});
  const [, read] = article.querySelectorAll('.lines > li');
  read!.querySelector('button')!.setAttribute('aria-expanded', 'true');
  assert.equal(merge(article, fresh({ lines: ['3 c', '2 other', '1 a'] }), none).waits, true);
  assert.deepEqual(texts(article), ['3 c', '2 b', '1 a']);
  assert.equal(merge(article, fresh({ lines: ['4 d', '3 c', '1 a'] }), none).waits, true);
  assert.deepEqual(texts(article), ['4 d', '3 c', '2 b', '1 a']);
  read!.querySelector('button')!.setAttribute('aria-expanded', 'false');
  assert.equal(merge(article, fresh({ lines: ['4 d', '3 c', '1 a'] }), none).waits, false);
  assert.deepEqual(texts(article), ['4 d', '3 c', '1 a']);
});

test('pages of history that were asked for stay below the first', () => {
  const article = open({ lines: ['9 i', '8 h', '7 g'], more: true });
  const template = document.createElement('template');
  template.innerHTML = draw({ lines: ['6 f', '5 e'], more: true });
  article.querySelector('.earlier')!.replaceWith(...template.content.querySelectorAll('.lines > li'));
  const { waits } = merge(article, fresh({ lines: ['10 j', '9 i', '8 changed'], more: true }), none);
  assert.deepEqual(texts(article), ['10 j', '9 i', '8 changed', '7 g', '6 f', '5 e']);
  assert.equal(article.querySelectorAll('.earlier').length, 1);
  assert.equal(waits, false);
});

test('whoever follows the changes of a card sees what the server draws, whatever they were', () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const article = open({});
  for (let round = 0; round < 300; round++) {
    const next: Drawn = {
      etag: String(round),
      contact: String(random(2)),
      tags: String(random(3)),
      lines: Array.from({ length: 12 }, (_, i) => 12 - i).filter(() => random(3) > 0).map((i) => `${i} ${'ab'[random(2)]}`),
      more: random(2) === 0,
    };
    assert.equal(merge(article, fresh(next), none).waits, false);
    assert.equal(article.outerHTML.replaceAll(/>\s+</g, '><'), fresh(next).outerHTML.replaceAll(/>\s+</g, '><'));
  }
});

test('a closed fold that has the focus holds nothing up, and has it again', () => {
  const article = open({});
  article.querySelector<HTMLElement>('summary')!.focus();
  const { waits } = merge(article, fresh({ tags: 'vip, theirs' }), () => undefined);
  assert.equal(waits, false);
  assert.equal(article.querySelector<HTMLInputElement>('[name=tags]')!.value, 'vip, theirs');
  assert.equal(document.activeElement, article.querySelector('summary'));
});
