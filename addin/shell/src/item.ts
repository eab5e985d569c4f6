// The open mail or meeting: who is on it, whose card is shown first, and the way back to that one.
import * as card from './card.ts';
import type { Subject } from './card.ts';
import * as outlook from './outlook/outlook.ts';
import { ask, drop, isOk } from './requests.ts';
import { parse, swap } from './views.ts';

const maxPeople = 100;

const people = document.getElementById('people')!;
const back = document.getElementById('back') as HTMLButtonElement;

let item: outlook.Item | null = null;
/** Whose card the item brought up. */
let first: Subject | null = null;
/** How often people were asked for: an answer that is not the last is stale. */
let readings = 0;
/** Not known until it was asked for: then an empty pane need not say how to get the first. */
let hasCustomers = false;

export function start(): void {
  back.onclick = () => first && void card.show({ ...first, chosen: true });
}

/** The open item, when the card is of who is on it. */
export function ofCard(): outlook.Item | null {
  const subject = card.shown();
  return subject && item && isOn(item, subject) ? item : null;
}

/** That item as it is by now: what is being written gets another subject, and is saved, without a word. */
export async function ofCardByNow(): Promise<outlook.Item | null> {
  const of = ofCard();
  const read = of?.isWritten ? await outlook.currentItem() : null;
  return read && read.key === of?.key ? read : of;
}

/** The open item, when the card is of who wrote its text: the end of it may hold their signature. */
export function signedBy(subject: Subject): boolean {
  return item !== null && item.hasSignature && item.people[0]?.address === subject.address;
}

/** Ends when the card has come, or will not. */
export async function follow(): Promise<void> {
  const found = outlook.currentItem();
  if (!found && card.shown()?.chosen && !ofCard()) {
    stay();
    return;
  }

  const reading = ++readings;
  if (!(found instanceof Promise)) {
    await begin(found);
    return;
  }

  forget();
  card.showNobody('<p class="skeleton" aria-hidden="true"></p>');
  const turn = card.turns.now;
  const read = await found;
  if (!card.turns.isStale(turn)) {
    const begun = begin(read);
    if (reading !== readings) {
      // Somebody came or went while the people were read.
      void followPeople();
    }

    await begun;
  }
}

/** Closing an item takes those who are on it away, and nobody from the page where they went. */
function stay(): void {
  readings++;
  forget();
  drawBack();
}

function forget(): void {
  item = null;
  first = null;
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

  const subject = card.shown();
  if (!subject || !(subject.chosen || isOn(read, subject))) {
    await begin(read);
    return;
  }

  item = read;
  if (!first || !isOn(read, first)) {
    first = read.people[0] ? subjectOf(firstOf(read.people)) : null;
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
  forget();
  item = opened;
  if (!opened?.people[0]) {
    card.showNobody(opened?.isWritten
      ? '<p class="empty big">Name somebody, and who that is stands here.</p>'
      : opened ? '<p class="empty big">Nobody but you is on this item.</p>'
      : '<p class="empty big">Select a mail or a meeting to see who is behind it, or find a customer above.</p>');
    if (!opened && !hasCustomers) {
      await sayFirstSteps();
    }

    return;
  }

  first = subjectOf(firstOf(opened.people));
  const shown = card.show(first);
  if (opened.people.length > 1) {
    void askForPeople(opened.people.slice(0, maxPeople));
  }

  await shown;
}

/** Where there are no customers there is nobody behind a mail and nobody to be found: what to do first is said instead. */
async function sayFirstSteps(): Promise<void> {
  const turn = card.turns.now;
  const answer = await ask('get', '/api/first-steps', { place: 'card', quiet: true });
  if (answer && isOk(answer)) {
    hasCustomers = parse(answer.html).querySelector('[data-begin]') === null;
    if (!hasCustomers && !card.turns.isStale(turn)) {
      card.showNobody(answer.html);
    }
  }
}

// ---- people ---------------------------------------------------------------------------------------------------------

const isOn = ({ people: them }: outlook.Item, { key }: Subject): boolean => them.some(({ address }) => address.toLowerCase() === key);

/** Who is known to be one of us is not asked about first: the mail is about somebody else on it. */
function firstOf(them: outlook.Person[]): outlook.Person {
  return them.find((one) => !isColleague(one)) ?? them[0]!;
}

function isColleague({ address }: outlook.Person): boolean {
  return card.lastKnown(address.toLowerCase())?.html.includes(' data-colleague ') ?? false;
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

/** A colleague's mail with one customer on it is about the customer. */
export function leaveColleague(): void {
  const outside = people.querySelector<HTMLElement>('[data-show]');
  const subject = card.shown();
  if (outside && subject && !subject.chosen && card.isOfColleague()) {
    first = { ...subject, url: outside.dataset.show!, key: outside.dataset.address!.toLowerCase(), name: outside.textContent!.trim(), address: outside.dataset.address! };
    void card.show(first);
  }
}

/** Whoever wrote was passed over as one of us, and is not any more. */
function returnToSender(): void {
  const sender = item?.people[0];
  if (sender && first && card.shown() === first && first.key !== sender.address.toLowerCase()
    && isColleague(sender) && people.querySelector(`[data-address="${CSS.escape(sender.address.toLowerCase())}"]`)) {
    first = subjectOf(sender);
    void card.show(first);
  }
}

/** The card is another one now: who of the people that is, and whether there is a way back. */
export function mark(): void {
  drawBack();
  markPerson();
}

function drawBack(): void {
  back.hidden = !first || card.shown()?.key === first.key;
  back.textContent = first ? `‹ ${first.name}` : '';
  back.title = first?.name ?? ''; // a long one is cut
}

function markPerson(): void {
  const address = card.shown()?.address?.toLowerCase();
  for (const one of people.querySelectorAll<HTMLElement>('[data-address]')) {
    if (one.dataset.address?.toLowerCase() === address) {
      one.setAttribute('aria-current', 'true');
    } else {
      one.removeAttribute('aria-current');
    }
  }
}
