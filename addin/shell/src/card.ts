// Which card is shown: follows the open item, goes where the person clicks, comes back, and stays as new as the record.
import * as forms from './forms.ts';
import { Turns } from './guard.ts';
import type { Kept } from './keep.ts';
import { merge, remember, takes, type Merged } from './merge.ts';
import * as outlook from './outlook/outlook.ts';
import { Renewal } from './renewal.ts';
import { ask, drop, isOk, type Answer } from './requests.ts';
import { Retry } from './retry.ts';
import * as search from './search.ts';
import type { Refusal } from './signIn.ts';
import { clear, say, show as showBar } from './status.ts';
import { parse, swap, type Wish } from './views.ts';
import { escape, refusals, time } from './words.ts';

/** A card on this machine, as the server last drew it. */
export interface KnownCard {
  at: number;
  html: string;
  etag?: string | null;
}

interface Subject {
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
const maxPeople = 100;
const sayWaitingMs = 300;
/** Whoever stays so long at a card may scroll it: then it is laid out whole. */
const settleMs = 700;

export const turns = new Turns();
export const retry = new Retry(() => void load());
const renewal = new Renewal(renew, () => !document.hidden);

const card = document.getElementById('card')!;
const people = document.getElementById('people')!;
const back = document.getElementById('back') as HTMLButtonElement;

let known: Kept<KnownCard>;
let subject: Subject | null = null;
let ofItem: Subject | null = null;
let item: outlook.Item | null = null;
/** How often people were asked for: an answer that is not the last is stale. */
let readings = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;
let settling: ReturnType<typeof setTimeout> | undefined;
/** Asking the page itself would lay it out, just when a card is about to be put into it. */
let isScrolled = false;
/** The card of the subject has come, and not only the last known one. */
let fresh = false;
/** What the server drew of what is painted, and its name for that; null when the same must be painted again. */
let painted: { html: string; etag: string | null } | null = null;

export function start(keep: Kept<KnownCard>): void {
  known = keep;
  addEventListener('scroll', () => {
    isScrolled = true;
    settle();
  }, { passive: true });
  back.onclick = () => ofItem && void show({ ...ofItem, chosen: true });
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

/** The open item, when the card is of who is on it. */
export function fromItem(): outlook.Item | null {
  return subject && item?.people.some(({ address }) => address.toLowerCase() === subject!.key) ? item : null;
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

// ---- following the open item ----------------------------------------------------------------------------------------

/** Ends when the card has come, or will not. */
export async function follow(): Promise<void> {
  const found = outlook.currentItem();
  if (!found && subject?.chosen && !fromItem()) {
    stay();
    return;
  }

  const turn = turns.next();
  const reading = ++readings;
  if (found instanceof Promise) {
    paint('<p class="skeleton" aria-hidden="true"></p>');
    const read = await found;
    if (!turns.isStale(turn)) {
      const begun = begin(read);
      if (reading !== readings) {
        // Somebody came or went while the people were read.
        void followPeople();
      }

      await begun;
    }
  } else {
    await begin(found);
  }
}

/** Closing an item takes those who are on it away, and nobody from the page where they went. */
function stay(): void {
  readings++;
  forgetItem();
  drawBack();
}

function forgetItem(): void {
  item = null;
  ofItem = null;
  people.replaceChildren();
  drop('people');
}

/** Somebody may have been named in what is being written, or taken off. Whoever is shown stays while they are on it, and while the person chose them. */
export async function followPeople(): Promise<void> {
  const reading = ++readings;
  const read = await outlook.currentItem();
  const addresses = (of: outlook.Item): string => of.people.map(({ address }) => address.toLowerCase()).join();
  if (reading !== readings || !read?.isWritten || read.key !== item?.key || addresses(read) === addresses(item)) {
    return;
  }

  const stays = ({ key }: Subject): boolean => read.people.some(({ address }) => address.toLowerCase() === key);
  if (!subject || !(subject.chosen || stays(subject))) {
    await begin(read);
    return;
  }

  item = read;
  if (!ofItem || !stays(ofItem)) {
    ofItem = read.people[0] ? subjectOf(firstOf(read.people)) : null;
    drawBack();
  }

  drop('people');
  if (read.people.length > 1) {
    await askForPeople(read.people.slice(0, maxPeople));
  } else {
    people.replaceChildren();
  }
}

async function begin(opened: outlook.Item | null): Promise<void> {
  forgetItem();
  item = opened;
  const first = opened?.people[0];
  if (!first) {
    leave();
    subject = null;
    back.hidden = true;
    paint(opened?.isWritten
      ? '<p class="empty big">Name somebody, and who that is stands here.</p>'
      : opened ? '<p class="empty big">Nobody but you is on this item.</p>'
      : '<p class="empty big">Select a mail or a meeting to see who is behind it, or find a customer above.</p>');
    return;
  }

  ofItem = subjectOf(firstOf(opened.people));
  const shown = show(ofItem);
  if (opened.people.length > 1) {
    void askForPeople(opened.people.slice(0, maxPeople));
  }

  await shown;
}

/** Who is known to be one of us is not asked about first: the mail is about somebody else on it. */
function firstOf(them: outlook.Person[]): outlook.Person {
  return them.find((one) => !isColleague(one)) ?? them[0]!;
}

function isColleague({ address }: outlook.Person): boolean {
  return known.get(address.toLowerCase())?.html.includes(' data-colleague ') ?? false;
}

function subjectOf({ address, name }: outlook.Person): Subject {
  const url = `/api/card?address=${encodeURIComponent(address)}${name ? `&name=${encodeURIComponent(name.slice(0, 200))}` : ''}`;
  return { url, key: address.toLowerCase(), name: name || address, address, chosen: false };
}

async function askForPeople(them: outlook.Person[]): Promise<void> {
  const answer = await ask('post', '/api/people', { place: 'people', body: { people: them } });
  if (answer && isOk(answer)) {
    swap({ target: people, swap: 'innerHTML', select: null }, answer.html);
    markPerson();
    leaveColleague();
    returnToSender();
  }
}

/** Whoever wrote was passed over as one of us, and is not any more. */
function returnToSender(): void {
  const sender = item?.people[0];
  if (sender && ofItem && subject === ofItem && ofItem.key !== sender.address.toLowerCase()
    && isColleague(sender) && people.querySelector(`[data-address="${CSS.escape(sender.address.toLowerCase())}"]`)) {
    ofItem = subjectOf(sender);
    void show(ofItem);
  }
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

/** From now on what is out of sight is laid out too: its real heights are there before anything is held still by them. */
function settle(): void {
  clearTimeout(settling);
  card.classList.remove('passing');
}

// ---- showing --------------------------------------------------------------------------------------------------------

function show(next: Subject): Promise<void> {
  leave();
  subject = next;
  fresh = false;
  drawBack();
  const last = known.get(next.key);
  painted = last && { html: last.html, etag: last.etag ?? null };
  settle();
  settling = setTimeout(settle, settleMs);
  card.classList.add('passing');
  // The question goes out before anything is drawn.
  const loaded = load();
  if (last) {
    paint(last.html);
    card.dataset.at = String(last.at);
    // Not for the blink that the card mostly takes.
    waiting = setTimeout(() => showBar(`Showing what we knew at ${time(last.at)} …`), sayWaitingMs);
    forms.restoreDrafts();
  } else {
    delete card.dataset.at;
    paint(skeleton(next));
  }

  if (isScrolled) {
    scrollTo(0, 0);
    isScrolled = false;
  }

  markPerson();
  return loaded;
}

function drawBack(): void {
  back.hidden = !ofItem || subject?.key === ofItem.key;
  back.textContent = ofItem ? `‹ ${ofItem.name}` : '';
}

/** Asks for the card again, whatever is shown of it. */
async function load(by?: Element): Promise<void> {
  if (!subject) {
    return;
  }

  const turn = turns.now;
  card.setAttribute('aria-busy', 'true');
  const answer = await askForCard(subject);
  if (!answer || turns.isStale(turn)) {
    return;
  }

  if (isOk(answer)) {
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
    forms.restoreDrafts();
  }

  markPerson();
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
  return holdStill(() => {
    const goOn = forms.goOn();
    const merged = merge(shown, next, forms.hold, by);
    merged.parts.forEach((part) => forms.restoreDrafts(part));
    goOn();
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
function leaveColleague(): void {
  const outside = people.querySelector<HTMLElement>('[data-show]');
  if (outside && fresh && subject && !subject.chosen && card.querySelector('[data-colleague]')) {
    ofItem = { ...subject, url: outside.dataset.show!, key: outside.dataset.address!.toLowerCase(), name: outside.textContent!.trim(), address: outside.dataset.address! };
    void show(ofItem);
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
  if (answer && isOk(answer) && form && !form.contains(document.activeElement) && forms.draftText(forms.draftKey(form)) === 'null') {
    // Whether there is something new, the card is asked, not the guess.
    arrived({ ...answer, etag: painted?.etag ?? null });
  }
}

function markPerson(): void {
  for (const one of people.querySelectorAll<HTMLElement>('[data-address]')) {
    if (one.dataset.address?.toLowerCase() === subject?.address?.toLowerCase()) {
      one.setAttribute('aria-current', 'true');
    } else {
      one.removeAttribute('aria-current');
    }
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
  card.querySelector<HTMLElement>('[data-open]')?.click();
  if (card.contains(wish.target)) {
    // The whole card is another one now.
    painted = null;
    remember(wish.target);
    forms.restoreDrafts();
    renewal.begin();
  }
}

/** Something may have been recorded meanwhile, here or by a colleague. */
async function renew(): Promise<void> {
  if (!subject || !fresh || card.hasAttribute('aria-busy')) {
    return;
  }

  const turn = turns.now;
  const answer = await askForCard(subject, true);
  if (turns.isStale(turn)) {
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
    card.querySelector<HTMLElement>('#who')?.focus({ preventScroll: true });
  }
}

/** Somebody made a customer of whom the form is about. What is being typed into it is not taken away. */
function becameCustomer(answer: Answer): void {
  const form = card.querySelector<HTMLFormElement>('form[data-form=create]');
  if (form && (form.contains(document.activeElement) || forms.draftText(forms.draftKey(form)) !== 'null')) {
    renewal.stop();
    showBar(`${subject!.name} is a customer now.`, { label: 'Show', run: () => arrived(answer) });
  } else {
    arrived(answer);
    say(`${subject!.name} is a customer now`);
  }
}

/** What a person is at stays where it is on the screen; otherwise the topmost thing in sight does. */
function holdStill<T>(change: () => T): T {
  const focused = card.contains(document.activeElement) ? [document.activeElement!] : [];
  const things = [...card.querySelectorAll('[aria-expanded=true]'), ...focused, ...card.querySelectorAll('.card > *, .lines > li')]
    .map((thing) => ({ thing, box: thing.getBoundingClientRect() }))
    .filter(({ box }) => box.bottom > 0 && box.top < innerHeight);
  const result = change();
  const still = things.find(({ thing }) => thing.isConnected);
  if (still && isScrolled) {
    scrollBy(0, still.thing.getBoundingClientRect().top - still.box.top);
  }

  return result;
}
