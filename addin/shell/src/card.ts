// Which card is shown: whose the person or the open item wants, the last known one at once, the fresh one when it comes, and as new as the record.
import * as drafts from './drafts.ts';
import { focus } from './focus.ts';
import { goOn } from './forms.ts';
import { Turns } from './guard.ts';
import * as item from './item.ts';
import type { Kept } from './keep.ts';
import { merge, remember, rememberPart, takes, type Merged } from './merge.ts';
import * as outlook from './outlook/outlook.ts';
import { hold } from './refusals.ts';
import { Renewal } from './renewal.ts';
import { ask, drop, isOk, type Answer } from './requests.ts';
import { Retry } from './retry.ts';
import * as search from './search.ts';
import type { Refusal } from './signIn.ts';
import { clear, say, show as showBar } from './status.ts';
import * as still from './still.ts';
import { parse, swap, type Wish } from './views.ts';
import { escape, refusals, time } from './words.ts';

/** A card on this machine, as the server last drew it. */
export interface KnownCard {
  at: number;
  html: string;
  etag?: string | null;
}

export interface Subject {
  url: string;
  /** The mail address in lower case, or else the url: under this the last known card is kept. */
  key: string;
  name: string;
  address?: string;
  /** The person chose it: the focus goes along. Otherwise the open item did, and the focus stays where it is. */
  chosen: boolean;
}

/** The end of a long mail is enough for a signature; the API takes no more. */
const maxGuessLength = 8_000;
const sayWaitingMs = 300;

export const turns = new Turns();
export const retry = new Retry(() => void load());
const renewal = new Renewal(renew, () => !document.hidden);

const card = document.getElementById('card')!;

let known: Kept<KnownCard>;
let subject: Subject | null = null;
let waiting: ReturnType<typeof setTimeout> | undefined;
/** The card of the subject has come, and not only the last known one. */
let fresh = false;
/** What the server drew of what is painted, and its name for that; null when the same must be painted again. */
let painted: { html: string; etag: string | null } | null = null;
/** How often something was changed from a card: what was asked for before that may know nothing of it. */
let deeds = 0;

export function start(keep: Kept<KnownCard>): void {
  known = keep;
  still.start();
  addEventListener('online', () => retry.now());
  addEventListener('focus', () => renewal.look());
  document.addEventListener('visibilitychange', () => renewal.look());
  document.documentElement.addEventListener('pointerenter', () => renewal.look());
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLElement>('[data-show]');
    if (link) {
      const { show: url = '', address } = link.dataset;
      search.done();
      void show({
        url,
        key: address?.toLowerCase() ?? url,
        name: link.querySelector('bdi, b')?.textContent ?? '',
        chosen: true,
        ...(address && { address }),
      });
    }
  });
}

/** Somebody was erased, who may stand on any card that is kept, and on the one that is shown. */
export function forgetBefore(mark: string): void {
  if (known.clearBefore(mark)) {
    void load();
  }
}

/** The page is drawn from now on. */
export function uncover(): void {
  document.body.hidden = false;
}

// ---- showing --------------------------------------------------------------------------------------------------------

export const shown = (): Subject | null => subject;

/** Null when nothing is kept of them on this machine. */
export const lastKnown = (key: string): KnownCard | null => known.get(key);

/** The card has come and is about one of us. */
export const isOfColleague = (): boolean => fresh && card.querySelector('[data-colleague]') !== null;

/** Ends when the card has come, or will not. */
export function show(next: Subject): Promise<void> {
  leave();
  subject = next;
  fresh = false;
  const last = known.get(next.key);
  painted = last && { html: last.html, etag: last.etag ?? null };
  still.pass();
  // The question goes out before anything is drawn.
  const loaded = load();
  if (last) {
    paint(last.html);
    card.dataset.at = String(last.at);
    // Not for the blink that the card mostly takes.
    waiting = setTimeout(() => showBar(`Showing what we knew at ${time(last.at)} …`), sayWaitingMs);
    drafts.restore();
  } else {
    delete card.dataset.at;
    paint(skeleton(next));
  }

  still.toTop();
  item.mark();
  return loaded;
}

/** There is nobody to show. */
export function showNobody(html: string): void {
  leave();
  subject = null;
  paint(html);
  item.mark();
}

/** Whoever was shown is not any more. */
function leave(): void {
  turns.next();
  drop('card');
  drop('guess');
  retry.stop();
  renewal.stop();
  clearTimeout(waiting);
  clear();
  card.removeAttribute('aria-busy');
}

/** Asks for the card again, whatever is shown of it. */
async function load(by?: Element): Promise<void> {
  if (!subject) {
    return;
  }

  const turn = turns.now;
  const before = deeds;
  card.setAttribute('aria-busy', 'true');
  const answer = await askForCard(subject);
  if (!answer || turns.isStale(turn)) {
    return;
  }

  if (before !== deeds) {
    await load(by);
  } else if (isOk(answer)) {
    arrived(answer, by);
  } else if (answer.status === 304) {
    arrived({ ...answer, html: painted!.html });
  } else if (answer.status === 0) {
    notReached(answer.html);
  } else if (answer.status >= 500 || answer.status === 429) {
    notReached('The customer records do not answer');
  } else {
    known.drop(subject.key); // not there any more, or not for us
    paint(answer.html);
    card.removeAttribute('aria-busy');
    clear();
  }
}

function askForCard({ url }: Subject, quiet = false): Promise<Answer | null> {
  return ask('get', url, { place: 'card', quiet, ...(painted?.etag && { headers: { 'If-None-Match': painted.etag } }) });
}

/** The part around `by` is drawn anew even when the server draws the same: what was typed into it is given up. */
export function reload(by: Element): void {
  painted = null;
  void load(by);
}

function paint(html: string): void {
  swap({ target: card, swap: 'innerHTML', select: null }, html);
  remember(card);
}

function skeleton({ name, address }: Subject): string {
  return `<article class="card waiting" aria-hidden="true"><header class="who"><span class="avatar"></span><h2>${escape(name)}</h2>
<p class="role">${escape(address ?? '')}</p></header><p class="skeleton"></p><p class="skeleton"></p><p class="skeleton"></p></article>`;
}

/** The card has come: from asking for it, or as the answer to a save or a click on `by`. */
function arrived({ html, etag }: Answer, by?: Element): void {
  // Nothing new: the card on screen stays as it is, focus and all.
  const isNew = html !== painted?.html;
  // Nobody is at a card that just came up, mostly: painting it is quicker than comparing.
  const merged = by || (isNew && (fresh || card.querySelector('form:focus-within, details[open]'))) ? mergeCard(html, by) : null;
  if (isNew && !merged) {
    paint(html);
  }

  // What waits is asked for again until it can be shown.
  painted = merged?.waits ? null : { html, etag };
  const first = !fresh;
  fresh = true;
  retry.stop();
  clearTimeout(waiting);
  uncover();
  card.removeAttribute('aria-busy');
  delete card.dataset.at;
  if (first) {
    clear();
  }

  keep({ html, etag });
  if (!merged) {
    drafts.restore();
  }

  item.mark();
  if (first) {
    greet();
  }

  renewal.begin();
}

/** The customer's card as it stands becomes the one that was answered; null when it is another's, or none. */
function mergeCard(html: string, by?: Element): Merged | null {
  const selector = 'article[data-customer][data-etag]';
  const article = card.querySelector<HTMLElement>(selector);
  const next = parse(html).querySelector<HTMLElement>(selector);
  return article && next && article.dataset.customer === next.dataset.customer ? bring(article, next, by) : null;
}

function bring(shown: Element, next: Element, by?: Element): Merged {
  return still.holdStill(() => {
    const typeOn = goOn();
    const merged = merge(shown, next, hold, by);
    merged.parts.forEach((part) => drafts.restore(part));
    typeOn();
    return merged;
  });
}

function keep({ html, etag }: Pick<Answer, 'html' | 'etag'>): void {
  if (subject) {
    const { key } = subject;
    const last = { at: Date.now(), html, etag };
    // Not while the person waits for the paint.
    setTimeout(() => known.put(key, last));
  }
}

function greet(): void {
  const title = card.querySelector<HTMLElement>('#who');
  if (subject?.chosen) {
    focus(title, { preventScroll: true });
  } else {
    say(`${title?.textContent ?? ''}. ${card.querySelector('.stage')?.textContent ?? ''}`);
  }

  item.leaveColleague();
  const article = card.querySelector<HTMLElement>('[data-guess]');
  if (article && subject && item.signedBy(subject)) {
    void guess(article.dataset.address!, subject.name);
  }
}

async function guess(address: string, name: string): Promise<void> {
  const turn = turns.now;
  const text = await outlook.bodyEnd(maxGuessLength);
  if (!text || turns.isStale(turn)) {
    return;
  }

  const answer = await ask('post', '/api/card/guess', {
    place: 'guess', body: { address, text, ...(name !== address && { name: name.slice(0, 200) }) },
  });
  // A better guess must not take away what is being typed.
  const form = card.querySelector<HTMLFormElement>('form[data-form=create]');
  if (answer && isOk(answer) && form && !form.contains(document.activeElement) && drafts.textOf(drafts.keyOf(form)) === 'null') {
    // Whether there is something new, the card is asked, not the guess.
    arrived({ ...answer, etag: painted?.etag ?? null });
  }
}

/** No card came: what is known stays, and it is asked for again. */
function notReached(because: string): void {
  clearTimeout(waiting);
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

/** Nobody may see anything before somebody signs in. Where a person must, nothing that was kept is shown either. */
export function signedOut(refusal: Refusal): void {
  if (refusal === 'askPerson') {
    known.clear();
  }

  leave();
  paint(`<section class="signed-out" aria-labelledby="h-sign-in"><h2 id="h-sign-in">Signed out</h2>
<p>${refusals[refusal]}</p><p class="buttons"><button type="button" class="primary" data-do="sign-in">Sign in</button></p></section>`);
  say(refusals[refusal]);
}

// ---- what changes while it is shown ---------------------------------------------------------------------------------

/** The server's answer to something that was done on the card, with this form or button. */
export function answered(wish: Wish, answer: Answer, by: Element): void {
  if (wish.verb !== 'get') {
    deeds++;
  }

  if (wish.target === card) {
    arrived(answer, by);
    return;
  }

  if (wish.swap === 'innerHTML' && wish.select === null && takes(wish.target, by)) {
    const next = document.createElement('div');
    next.append(parse(answer.html));
    bring(wish.target, next, by);
    painted = null;
    renewal.begin();
    return;
  }

  swap(wish, answer.html);
  // What was made is shown at once.
  const made = card.querySelector<HTMLElement>('[data-open]');
  made?.removeAttribute('data-open'); // once
  made?.click();
  if (card.contains(wish.target)) {
    // The whole card is another one now.
    painted = null;
    remember(wish.target);
    drafts.restore();
    renewal.begin();
  }

  if (by.matches('[data-anew]')) {
    // The line was drawn as the card has it now, and the rest of the card tells of it too.
    const line = document.getElementById(by.id)?.closest('.lines > li');
    if (line) {
      rememberPart(line);
    }

    renewal.begin();
    void renew();
  }
}

/** Something may have been recorded meanwhile, here or by a colleague. */
async function renew(): Promise<void> {
  if (!subject || !fresh || card.hasAttribute('aria-busy')) {
    return;
  }

  const turn = turns.now;
  const before = deeds;
  const answer = await askForCard(subject, true);
  if (turns.isStale(turn) || before !== deeds) {
    return;
  }

  if (!answer) {
    // Somebody would have to sign in first, or it is being asked for anyway.
    renewal.stop();
    return;
  }

  const article = card.querySelector('article[data-customer]');
  const next = isOk(answer) ? parse(answer.html).querySelector('article[data-customer]') : null;
  if (!article && next) {
    becameCustomer(answer);
  }

  if (!article && !next) {
    renewPage(answer);
  }

  if (!article || !next) {
    return;
  }

  const { parts, waits } = bring(article, next);
  if (parts.some((part) => part.matches('.lines, .lines > li'))) {
    say(`Something new about ${subject.name}`);
  }

  if (!waits) {
    // Otherwise the same is asked for again until it can be shown.
    painted = answer;
    keep(answer);
  }

  if (parts.length > 0) {
    renewal.begin();
  }
}

/** A page that says so is drawn as it is by now, unless somebody is at something on it or did something there. */
function renewPage(answer: Answer): void {
  const isAtRest = painted !== null && !card.querySelector('details[open], form:focus-within, :is(a, button, summary):focus');
  if (!isOk(answer) || !isAtRest || answer.html === painted!.html || !card.querySelector('article[data-renews]')) {
    return;
  }

  const isAtTitle = document.activeElement?.id === 'who';
  arrived(answer);
  if (isAtTitle) {
    focus(card.querySelector<HTMLElement>('#who'), { preventScroll: true });
  }
}

/** Somebody made a customer of whom the form is about. What is being typed into it is not taken away. */
function becameCustomer(answer: Answer): void {
  const form = card.querySelector<HTMLFormElement>('form[data-form=create]');
  if (form && (form.contains(document.activeElement) || drafts.textOf(drafts.keyOf(form)) !== 'null')) {
    renewal.stop();
    showBar(`${subject!.name} is a customer now.`, { label: 'Show', run: () => arrived(answer) });
  } else {
    arrived(answer);
    say(`${subject!.name} is a customer now`);
  }
}
