// Which card is shown: follows the open item, goes where the person clicks, comes back.
import htmx from 'htmx.org';
import * as forms from './forms.ts';
import { Turns } from './guard.ts';
import type { Kept } from './keep.ts';
import * as outlook from './outlook/outlook.ts';
import { Retry } from './retry.ts';
import * as search from './search.ts';
import { clear, say, show as showBar } from './status.ts';
import { escape, time } from './words.ts';

/** A card on this machine, as the server last drew it. */
export interface KnownCard {
  at: number;
  html: string;
}

interface Subject {
  url: string;
  /** The mail address in lower case, or a customer's id: under this the last known card is kept. */
  key: string;
  name: string;
  address?: string;
  /** The person chose it: the focus goes along. Otherwise the open item did, and the focus stays where it is. */
  chosen: boolean;
}

/** The end of a long mail is enough for a signature; the API takes no more. */
const maxGuessLength = 8_000;
const maxPeople = 100;

export const turns = new Turns();
export const retry = new Retry(() => load());

const card = document.getElementById('card')!;
const people = document.getElementById('people')!;
const back = document.getElementById('back') as HTMLButtonElement;

let known: Kept<KnownCard>;
let subject: Subject | null = null;
let ofItem: Subject | null = null;
let item: outlook.Item | null = null;
let fresh = false;
/** What is painted of a last known card: the same again need not be painted again. */
let paintedHtml: string | null = null;

export function start(keep: Kept<KnownCard>): void {
  known = keep;
  back.onclick = () => ofItem && show({ ...ofItem, chosen: true });
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLElement>('[data-show]');
    if (link) {
      const { show: url = '', address } = link.dataset;
      search.done();
      show({
        url,
        key: address?.toLowerCase() ?? url.split('/').pop()!,
        name: link.querySelector('bdi, b')?.textContent ?? '',
        chosen: true,
        ...(address && { address }),
      });
    }
  });
}

// ---- following the open item ----------------------------------------------------------------------------------------

export function follow(): void {
  const turn = turns.next();
  const found = outlook.currentItem();
  if (found instanceof Promise) {
    paint('<p class="skeleton" aria-hidden="true"></p>');
    void found.then((read) => turns.isStale(turn) || begin(read));
  } else {
    begin(found);
  }
}

function begin(opened: outlook.Item | null): void {
  item = opened;
  ofItem = null;
  people.replaceChildren();
  htmx.trigger('#asker', 'htmx:abort');
  htmx.trigger('#guesser', 'htmx:abort');
  const first = opened?.people[0];
  if (!first) {
    htmx.trigger('#loader', 'htmx:abort');
    turns.next();
    retry.stop();
    clear();
    subject = null;
    back.hidden = true;
    paint(opened
      ? '<p class="empty big">Nobody but you is on this item.</p>'
      : '<p class="empty big">Select a mail or a meeting to see who is behind it, or find a customer above.</p>');
    return;
  }

  ofItem = subjectOf(first);
  show(ofItem);
  if (opened.people.length > 1) {
    ask('post', '/api/people', '#asker', '#people', { people: opened.people.slice(0, maxPeople) });
  }
}

function subjectOf({ address, name }: outlook.Person): Subject {
  const url = `/api/card?address=${encodeURIComponent(address)}${name ? `&name=${encodeURIComponent(name.slice(0, 200))}` : ''}`;
  return { url, key: address.toLowerCase(), name: name || address, address, chosen: false };
}

// ---- showing --------------------------------------------------------------------------------------------------------

function show(next: Subject): void {
  turns.next();
  subject = next;
  fresh = false;
  retry.stop();
  clear();
  back.hidden = !ofItem || next.key === ofItem.key;
  back.textContent = ofItem ? `‹ ${ofItem.name}` : '';
  const last = known.get(next.key);
  paintedHtml = last?.html ?? null;
  if (last) {
    paint(last.html);
    mark(last.at);
    forms.restoreDrafts();
  } else {
    delete card.dataset.at;
    paint(skeleton(next));
  }

  scrollTo(0, 0);
  markPerson();
  load();
}

/** Asks for the card again, whatever is shown of it. */
export function load(): void {
  if (subject) {
    card.setAttribute('aria-busy', 'true');
    ask('get', subject.url, '#loader', '#card');
  }
}

/** Paints the card anew even when the server draws the same: what was typed into it is given up. */
export function reload(): void {
  paintedHtml = null;
  load();
}

export function paint(html: string): void {
  card.innerHTML = html;
  htmx.process(card);
}

function mark(at: number): void {
  card.dataset.at = String(at);
  showBar(`Showing what we knew at ${time(at)} …`);
}

function skeleton({ name, address }: Subject): string {
  return `<article class="card waiting" aria-hidden="true"><header class="who"><span class="avatar"></span><h2>${escape(name)}</h2>
<p class="role">${escape(address ?? '')}</p></header><p class="skeleton"></p><p class="skeleton"></p><p class="skeleton"></p></article>`;
}

/** Nothing new: the card on screen may stay as it is, focus and all. */
export function isPainted(html: string): boolean {
  return html === paintedHtml;
}

/** The card has come. `html` is what the server drew. */
export function painted(html: string): void {
  const first = !fresh;
  fresh = true;
  paintedHtml = html;
  retry.stop();
  card.removeAttribute('aria-busy');
  delete card.dataset.at;
  if (first) {
    clear();
  }

  if (subject) {
    const { key } = subject;
    // Not while the person waits for the paint.
    setTimeout(() => known.put(key, { at: Date.now(), html }));
  }

  forms.restoreDrafts();
  markPerson();
  if (first) {
    arrived();
  }
}

function arrived(): void {
  const title = card.querySelector<HTMLElement>('#who');
  if (subject?.chosen) {
    title?.focus({ preventScroll: true });
  } else {
    say(`${title?.textContent ?? ''}. ${card.querySelector('.stage')?.textContent ?? ''}`);
  }

  leaveColleague();
  const article = card.querySelector<HTMLElement>('[data-guess]');
  if (article && item?.hasSignature && subject && item.people[0]?.address === subject.address) {
    void guess(article.dataset.address!, subject.name);
  }
}

/** A colleague's mail with one customer on it is about the customer. */
export function leaveColleague(): void {
  const outside = people.querySelector<HTMLElement>('[data-show]');
  if (outside && fresh && subject && !subject.chosen && card.querySelector('[data-colleague]')) {
    ofItem = { ...subject, url: outside.dataset.show!, key: outside.dataset.address!.toLowerCase(), name: outside.textContent!.trim(), address: outside.dataset.address! };
    show(ofItem);
  }
}

async function guess(address: string, name: string): Promise<void> {
  const turn = turns.now;
  const text = await outlook.bodyEnd(maxGuessLength);
  if (text && !turns.isStale(turn)) {
    ask('post', '/api/card/guess', '#guesser', '#card', { address, text, ...(name !== address && { name: name.slice(0, 200) }) });
  }
}

/** A better guess must not take away what is being typed. */
export function mayGuess(): boolean {
  const form = card.querySelector<HTMLFormElement>('form[data-form=create]');
  return form !== null && !form.contains(document.activeElement) && forms.draftText(forms.draftKey(form)) === 'null';
}

export function markPerson(): void {
  for (const one of people.querySelectorAll<HTMLElement>('[data-address]')) {
    if (one.dataset.address?.toLowerCase() === subject?.address?.toLowerCase()) {
      one.setAttribute('aria-current', 'true');
    } else {
      one.removeAttribute('aria-current');
    }
  }
}

/** No card came: what is known stays, and it is asked for again. */
export function notReached(because: string): void {
  card.removeAttribute('aria-busy');
  const at = Number(card.dataset.at);
  const again = { label: 'Try now', run: () => retry.now() };
  if (at) {
    showBar(`${because} – showing what we knew at ${time(at)}.`, again);
  } else if (fresh) {
    showBar(`${because}.`, again);
  } else {
    showBar(`${because}. Trying again by itself.`, again);
    card.querySelector('.waiting')?.classList.add('still');
  }

  retry.later();
}

function ask(verb: 'get' | 'post', url: string, source: string, target: string, body?: object): void {
  // Refused and failed requests are dealt with where every answer is (requests.ts).
  htmx.ajax(verb, url, { source, target, swap: 'innerHTML', ...(body && { values: { json: JSON.stringify(body) } }) }).catch(() => undefined);
}
