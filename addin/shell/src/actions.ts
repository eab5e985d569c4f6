// What a person does on the card: saves, deletes, unfolds, signs in.
import * as card from './card.ts';
import { bodyOf, etagOf, fill, goOnFrom, identify, sent, spend, valuesOf } from './controls.ts';
import * as drafts from './drafts.ts';
import { focus } from './focus.ts';
import { opened } from './forms.ts';
import * as item from './item.ts';
import * as outlook from './outlook/outlook.ts';
import { clearRefusal, showConflict, showRefusal } from './refusals.ts';
import { ask, isOk, type Answer } from './requests.ts';
import type { SignIn } from './signIn.ts';
import { say, show } from './status.ts';
import { everySecond, parse, whenUnfolded, wishOf, type Wish } from './views.ts';

const cardElement = document.getElementById('card')!;
let signIn: SignIn;

export function start(access: SignIn): void {
  signIn = access;
  cardElement.addEventListener('click', clicked);
  cardElement.addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const wish = wishOf(form);
    if (wish && !form.hasAttribute('aria-busy')) {
      void submit(form, wish, (event as SubmitEvent).submitter as HTMLButtonElement | null);
    }
  });
  cardElement.addEventListener('toggle', (event) => unfolded(event.target as HTMLDetailsElement), true);
  cardElement.addEventListener('change', (event) => (event.target as HTMLElement).closest<HTMLFormElement>('form[data-at-once]')?.requestSubmit());
  setInterval(() => void look(), 1_000);
}

// ---- forms ----------------------------------------------------------------------------------------------------------

async function submit(form: HTMLFormElement, wish: Wish, button: HTMLButtonElement | null): Promise<void> {
  if (form.querySelector('[data-as=message]') && !outlook.messageId()) {
    show('Open the mail first.', undefined, 3_000);
    return;
  }

  identify(form);
  const file = form.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0];
  const body = file ?? bodyOf(form, button);
  if (!body) {
    form.reset(); // nothing was changed: the same as giving up
    return;
  }

  clearRefusal(form);
  sent(form);
  const key = drafts.keyOf(form);
  const draft = drafts.textOf(key);
  const values = valuesOf(form);
  const turn = card.turns.now;
  const etag = wish.verb === 'patch' ? etagOf(form) : undefined;
  form.setAttribute('aria-busy', 'true');
  say('Saving');
  const url = file ? `${wish.url}?name=${encodeURIComponent(file.name.slice(-200))}` : wish.url;
  const answer = await ask(wish.verb, url, { body, ...(etag && { headers: { 'If-Match': etag } }) });
  form.removeAttribute('aria-busy');
  if (answer && isOk(answer)) {
    // Before the answer is painted, which puts back every draft there is.
    const isWhole = drafts.textOf(key) === draft;
    if (isWhole) {
      drafts.drop(key);
    } else {
      drafts.typedOn(key, values);
    }

    spend(form);

    if (!card.turns.isStale(turn)) {
      card.answered(wish, answer, form);
      saved(form, isWhole);
      // What was changed while the last change was on its way.
      cardElement.querySelector('form[data-at-once] > .draft')?.closest('form')?.requestSubmit();
    }
  } else if (!form.isConnected) {
    show('Something you wrote was not saved. It waits as a draft with its customer.');
  } else if (answer?.status === 412) {
    await compare(form, wish, answer);
  } else if (answer) {
    showRefusal(form, reasonOf(answer));
  }
}

function reasonOf({ status, html }: Answer): string {
  return status === 0 ? problem(`<b>Not saved: ${html.toLowerCase()}.</b> What you typed is kept; save again when the connection is back.`)
    : html.includes('class="problem"') ? html
    : problem('Not saved. What you typed is kept. Please try again.');
}

const problem = (text: string): string => `<div class="problem"><p>${text}</p></div>`;

/** Somebody else saved in between. What does not touch our change goes through; the rest is the person's to decide. */
async function compare(form: HTMLFormElement, { url }: Wish, { html }: Answer): Promise<void> {
  const fresh = await ask('get', url);
  if (fresh && form.isConnected && showConflict(form, html, fresh.html)) {
    form.requestSubmit();
  }
}

/** @param isWhole nothing was typed while it was on its way. */
function saved(element: HTMLElement, isWhole = true): void {
  if (isWhole && element instanceof HTMLFormElement && element.isConnected) {
    if (element.hasAttribute('hx-patch')) {
      goOnFrom(element);
    }

    element.reset();
  }

  show(element.dataset.done ?? 'Saved.', undefined, 3_000);
  const form = element.closest<HTMLElement>('[data-form]')?.dataset.form;
  // It was drawn anew where it stood: from there the next key leads to its Undo.
  const line = element.isConnected ? null : element.closest('.promise')?.id;
  if (!document.activeElement || document.activeElement === document.body) {
    const details = form && cardElement.querySelector(`[data-form="${CSS.escape(form)}"], [data-more="${form.replace('line-', 'written/')}"]`)?.closest('details');
    const home = details ? details.querySelector<HTMLElement>('summary')
      : (line && document.getElementById(line)) || cardElement.querySelector<HTMLElement>('#who');
    focus(home, { preventScroll: true });
  }
}

// ---- buttons --------------------------------------------------------------------------------------------------------

function clicked(event: MouseEvent): void {
  const target = event.target as Element;
  const button = target.closest<HTMLButtonElement>('button');
  const wish = button && wishOf(button);
  if (button?.dataset.do) {
    run(button, button.dataset.do);
  } else if (wish && isMeant(button, wish)) {
    void fetchFor(button, wish);
  }

  const mail = target.closest<HTMLAnchorElement>('a[href^="mailto:"]');
  if (mail && outlook.writeTo(decodeURIComponent(mail.pathname))) {
    event.preventDefault();
  }
}

function run(button: HTMLButtonElement, what: string): void {
  const form = button.closest('form');
  switch (what) {
    case 'keep-mine':
      form!.dataset.etag = form!.querySelector<HTMLElement>('.conflict')!.dataset.etag;
      form!.requestSubmit();
      break;
    case 'take-theirs':
      drafts.drop(drafts.keyOf(form!));
      card.reload(form!);
      break;
    case 'unfold': {
      const open = button.getAttribute('aria-expanded') !== 'true';
      button.setAttribute('aria-expanded', String(open));
      button.textContent = open ? 'Show less' : 'Show all';
      break;
    }
    case 'sign-in':
      button.setAttribute('aria-busy', 'true');
      void signIn.interactively().then((refusal) => {
        if (refusal) {
          card.signedOut(refusal);
        } else {
          say('Signed in');
          const wanted = card.shown();
          void (wanted?.chosen ? card.show(wanted) : item.follow());
        }
      });
      break;
  }
}

/** Asks twice where something is taken away. The question stands while the button has the focus, however long that is. */
function isMeant(button: HTMLButtonElement, { confirm }: Wish): boolean {
  if (confirm === null || button.dataset.asked) {
    return true;
  }

  const label = button.textContent;
  button.dataset.asked = 'true';
  button.textContent = confirm;
  say(confirm);
  button.focus(); // not every browser gives it to what is clicked
  button.addEventListener('blur', () => {
    delete button.dataset.asked;
    button.textContent = label;
  }, { once: true });
  return false;
}

/** False when nothing came of it. */
async function fetchFor(element: HTMLElement, wish: Wish): Promise<boolean> {
  if (element.hasAttribute('aria-busy')) {
    return false;
  }

  const turn = card.turns.now;
  element.setAttribute('aria-busy', 'true');
  const answer = await ask(wish.verb, wish.url);
  element.removeAttribute('aria-busy');
  if (!answer || card.turns.isStale(turn)) {
    return false;
  }

  if (!isOk(answer)) {
    show(refusalOf(answer), undefined, 8_000);
    return false;
  }

  const place = { within: wish.target.parentElement, after: wish.target.previousElementSibling };
  card.answered(wish, answer, element);
  if (wish.verb !== 'get') {
    saved(element);
  } else if (wish.swap === 'outerHTML' && !element.isConnected && document.activeElement === document.body) {
    goOnAt(place);
  } else if (fill(wish.target, await item.ofCardByNow()) && !element.isConnected) {
    focus(wish.target.querySelector<HTMLElement>('input:not([type=hidden])'));
  }

  return true;
}

/** The button is gone: by keyboard one goes on at what took its place. */
function goOnAt({ within, after }: { within: Element | null; after: Element | null }): void {
  const focusable = 'a[href], button, summary, .promise';
  for (let next = after ? after.nextElementSibling : within?.firstElementChild; next; next = next.nextElementSibling) {
    const found = next.matches(focusable) ? next : next.querySelector(focusable);
    if (found) {
      focus(found as HTMLElement, { preventScroll: true });
      return;
    }
  }
}

/** The server's own words, where it has some; it may be no use to try again. */
function refusalOf({ status, html }: Answer): string {
  const why = status >= 400 && status < 500 ? parse(html).querySelector('.problem p')?.lastChild?.textContent?.trim() : '';
  return why || `${status === 0 ? html : 'That did not work'}. Please try again.`;
}

/** How far something is that goes on by itself. */
async function look(): Promise<void> {
  const element = document.hidden ? null : cardElement.querySelector<HTMLElement>(`[hx-trigger="${everySecond}"]`);
  const wish = element && wishOf(element);
  if (!wish || element.hasAttribute('aria-busy')) {
    return;
  }

  const turn = card.turns.now;
  element.setAttribute('aria-busy', 'true');
  const answer = await ask(wish.verb, wish.url, { quiet: true });
  element.removeAttribute('aria-busy');
  if (answer && isOk(answer) && element.isConnected && !card.turns.isStale(turn)) {
    card.answered(wish, answer, element);
  }
}

function unfolded(details: HTMLDetailsElement): void {
  // Where the rest comes from would be much of what a card weighs.
  const { more } = details.dataset;
  const customer = details.closest<HTMLElement>('[data-customer]')?.dataset.customer;
  if (more && customer) {
    delete details.dataset.more;
    const path = details.matches('.why') ? `timeline/${more}` : more;
    details.insertAdjacentHTML('beforeend', `<div hx-get="/api/customers/${customer}/${path}" hx-target="this" hx-trigger="${whenUnfolded}"></div>`);
  }

  for (const element of details.querySelectorAll<HTMLElement>(`[hx-trigger="${whenUnfolded}"]`)) {
    const wish = wishOf(element);
    element.removeAttribute('hx-trigger');
    if (wish) {
      void fetchFor(element, wish).then((isDone) => {
        if (!isDone) {
          element.setAttribute('hx-trigger', whenUnfolded); // unfolded again, it is asked for again
        } else if (element instanceof HTMLSelectElement) {
          withoutRepeats(element);
        } else {
          opened(details);
        }
      });
    }
  }
}

/** The current owner was an option before the list came. */
function withoutRepeats(list: HTMLSelectElement): void {
  const seen = new Set<string>();
  [...list.options].forEach((option) => (seen.has(option.value) ? option.remove() : seen.add(option.value)));
}
