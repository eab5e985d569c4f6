import assert from 'node:assert/strict';
import { test } from 'node:test';
import { show } from './page.js';

show('');
document.body.insertAdjacentHTML('beforeend', '<p id="say"></p><div id="bar"><p id="bar-text"></p><button id="bar-button"></button></div>');
const { etagOf } = await import('../src/controls.ts');
const { hold } = await import('../src/refusals.ts');

const draw = (tags: string, shown: string): string => `<section class="row"><h3>Tags</h3><p>${shown}</p><details class="edit" open>
<form data-form="tags" hx-patch="/api/customers/x"><input name="tags" value="${tags}"><p class="buttons"><button>Save</button></p></form></details></section>`;

function open(): { article: HTMLElement; part: Element; form: HTMLFormElement } {
  const article = show(`<article class="card" data-etag="1">${draw('vip', 'vip')}</article>`).querySelector('article')!;
  const form = article.querySelector('form')!;
  form.querySelector('input')!.value = 'vip, typed';
  return { article, part: article.firstElementChild!, form };
}

function fresh(tags: string, shown: string): Element {
  const template = document.createElement('template');
  template.innerHTML = draw(tags, shown);
  return template.content.firstElementChild!;
}

test('a form whose fields are what they were goes along with the version, whatever changed around it', () => {
  const { article, part, form } = open();
  hold(part, fresh('vip', 'two more things'));
  article.dataset.etag = '2';
  assert.equal(etagOf(form), '2');
  assert.equal(form.querySelector('.changed'), null);
});

test('a form whose fields were changed keeps its version and says so once; changed back, it goes along again', () => {
  const { article, part, form } = open();
  for (const version of ['2', '3']) {
    hold(part, fresh('vip, theirs', 'vip, theirs'));
    article.dataset.etag = version;
  }

  assert.equal(etagOf(form), '1', 'what it was filled from: a save shows both versions');
  assert.equal(form.querySelectorAll('.changed').length, 1);
  assert.equal(form.querySelector('input')!.value, 'vip, typed');
  hold(part, fresh('vip', 'vip'));
  article.dataset.etag = '4';
  assert.equal(etagOf(form), '4');
  assert.equal(form.querySelector('.changed'), null);
});

test('a form that goes keeps its version', () => {
  const { article, part, form } = open();
  hold(part);
  article.dataset.etag = '2';
  assert.equal(etagOf(form), '1');
});
