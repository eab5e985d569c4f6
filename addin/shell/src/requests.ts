// Every request and every answer passes here: htmx sends and swaps, this says who asks, for which selection, and what next.
import htmx from 'htmx.org';
import * as card from './card.ts';
import * as forms from './forms.ts';
import * as outlook from './outlook/outlook.ts';
import * as search from './search.ts';
import type { Refusal, SignIn } from './signIn.ts';
import { clear, say, show } from './status.ts';
import { refusals } from './words.ts';

interface Config {
  elt: HTMLElement;
  target: HTMLElement;
  verb: string;
  path: string;
  headers: Record<string, string>;
  formData: FormData;
  turn?: number;
}

interface Info {
  xhr: XMLHttpRequest;
  target: HTMLElement;
  requestConfig: Config;
  shouldSwap: boolean;
  isError: boolean;
  serverResponse: string;
}

const timeoutMs = 15_000;
const confirmMs = 5_000;

const cardElement = document.getElementById('card')!;
const hits = document.getElementById('hits')!;
let signIn: SignIn;

export function start(access: SignIn): void {
  signIn = access;
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    includeIndicatorStyles: false,
    historyEnabled: false, // Outlook takes the History API away
    selfRequestsOnly: true,
    defaultSettleDelay: 0,
    ignoreTitle: true,
    timeout: timeoutMs,
    reportValidityOfForms: true,
  });
  htmx.defineExtension('crm', { encodeParameters });
  on('htmx:confirm', confirm);
  on('htmx:configRequest', configure);
  on('htmx:beforeRequest', sending);
  on('htmx:beforeSwap', answered);
  on('htmx:afterSwap', swapped);
  on('htmx:sendError', (event: CustomEvent<Info>) => notSent(event.detail, unreachable()));
  on('htmx:timeout', (event: CustomEvent<Info>) => notSent(event.detail, 'No answer in time'));
  addEventListener('online', () => card.retry.now());
  cardElement.addEventListener('click', clicked);
}

function on<T>(name: string, listener: (event: CustomEvent<T>) => void): void {
  document.addEventListener(name, listener as EventListener);
}

function unreachable(): string {
  return navigator.onLine ? 'Not reachable' : 'Offline';
}

function headers(): Record<string, string> {
  return {
    Accept: 'text/html',
    'Accept-Language': outlook.language(),
    'Time-Zone': Intl.DateTimeFormat().resolvedOptions().timeZone,
    Authorization: `Bearer ${signIn.token ?? ''}`,
  };
}

// ---- before ---------------------------------------------------------------------------------------------------------

interface Question {
  elt: HTMLElement;
  question: string | null;
  issueRequest: (confirmed: boolean) => void;
}

/** Waits for a token when none is at hand; asks twice where something is taken away. */
function confirm(event: CustomEvent<Question>): void {
  const { elt, question, issueRequest } = event.detail;
  if (question && !elt.dataset.asked) {
    event.preventDefault();
    const label = elt.textContent;
    elt.dataset.asked = 'true';
    elt.textContent = question;
    say(question);
    setTimeout(() => {
      delete elt.dataset.asked;
      elt.textContent = label;
    }, confirmMs);
    return;
  }

  if (signIn.token && !question) {
    return;
  }

  event.preventDefault();
  if (signIn.token) {
    issueRequest(true);
    return;
  }

  const turn = card.turns.now;
  void signIn.silently().then((refusal) => {
    if (refusal === 'unreachable' && elt.id === 'loader') {
      if (!card.turns.isStale(turn)) {
        card.notReached(unreachable());
      }
    } else if (refusal) {
      signedOut(refusal);
    } else if (!card.turns.isStale(turn) || elt.matches('form')) {
      issueRequest(true);
    }
  });
}

function configure(event: CustomEvent<Config>): void {
  const config = event.detail;
  const { elt, verb } = config;
  if (elt.id === 'find' && (config.formData.get('q') as string).trim().length < search.minLength) {
    event.preventDefault();
    return;
  }

  config.turn = card.turns.now;
  for (const name of Object.keys(config.headers)) {
    delete config.headers[name]; // htmx's own tell the page's address
  }

  Object.assign(config.headers, headers());
  if (verb === 'delete') {
    setBody(config.formData, null);
  } else if (verb !== 'get') {
    config.headers['Content-Type'] = 'application/json';
  }

  if (elt instanceof HTMLFormElement) {
    const body = forms.bodyOf(elt);
    if (!body) {
      event.preventDefault(); // nothing was changed: the same as giving up
      elt.reset();
      return;
    }

    setBody(config.formData, JSON.stringify(body));
    const etag = forms.etagOf(elt);
    if (verb === 'patch' && etag) {
      config.headers['If-Match'] = etag;
    }
  }
}

function setBody(data: FormData, json: string | null): void {
  [...data.keys()].forEach((name) => data.delete(name));
  if (json !== null) {
    data.set('json', json);
  }
}

function encodeParameters(_: XMLHttpRequest, parameters: FormData): string | null {
  return parameters.get('json') as string | null;
}

function sending(event: CustomEvent<Info>): void {
  const { xhr, requestConfig } = event.detail;
  const { elt } = requestConfig;
  if (!(elt instanceof HTMLFormElement)) {
    return;
  }

  forms.clearRefusal(elt);
  forms.sent(elt);
  const key = forms.draftKey(elt);
  const draft = forms.draftText(key);
  elt.setAttribute('aria-busy', 'true');
  say('Saving');
  // Not an htmx event: a form that has left the page with its card hears none, and its draft still has to go. And before
  // the answer is painted, which puts back every draft there is.
  xhr.addEventListener('readystatechange', () => {
    if (xhr.readyState === XMLHttpRequest.DONE && xhr.status >= 200 && xhr.status < 300 && forms.draftText(key) === draft) {
      forms.dropDraft(key);
    }
  });
  xhr.addEventListener('loadend', () => {
    elt.removeAttribute('aria-busy');
    if (xhr.status >= 300 && !elt.isConnected) {
      show('Something you wrote was not saved. It waits as a draft with its customer.');
    }
  });
}

// ---- after ----------------------------------------------------------------------------------------------------------

function answered(event: CustomEvent<Info>): void {
  const info = event.detail;
  const { xhr, requestConfig, target } = info;
  const { elt } = requestConfig;
  if (target !== hits && card.turns.isStale(requestConfig.turn)) {
    info.shouldSwap = false;
    info.isError = false;
    return;
  }

  if (xhr.status < 300) {
    if (elt.id === 'guesser') {
      info.shouldSwap = card.mayGuess();
    } else if (elt.id === 'loader' && card.isPainted(xhr.response as string)) {
      info.shouldSwap = false;
      card.painted(xhr.response as string);
    }

    return;
  }

  info.isError = false;
  if (xhr.status === 401) {
    signIn.forget();
    void signIn.silently().then((refusal) => (refusal ? signedOut(refusal) : again(requestConfig)));
  } else if (elt instanceof HTMLFormElement) {
    refused(elt, xhr);
  } else if (elt.id === 'loader') {
    if (xhr.status >= 500 || xhr.status === 429) {
      card.notReached('The customer records do not answer');
    } else {
      card.paint(xhr.response as string);
      cardElement.removeAttribute('aria-busy');
      clear();
    }
  } else if (elt.id !== 'guesser' && elt.id !== 'asker') {
    show('That did not work. Please try again.', undefined, 8_000);
  }
}

function again({ elt, turn }: Config): void {
  if (elt.dataset.again || (!(elt instanceof HTMLFormElement) && card.turns.isStale(turn))) {
    // A fresh token refused as well: the person is signed in, but not for this.
    signedOut('failed');
    return;
  }

  elt.dataset.again = 'true';
  setTimeout(() => delete elt.dataset.again, timeoutMs);
  if (elt instanceof HTMLFormElement) {
    elt.requestSubmit();
  } else {
    card.load();
  }
}

function refused(form: HTMLFormElement, xhr: XMLHttpRequest): void {
  const html = xhr.response as string;
  if (xhr.status !== 412) {
    forms.showRefusal(form, html.includes('class="problem"') ? html : '<div class="problem"><p>Not saved. What you typed is kept. Please try again.</p></div>');
    return;
  }

  const url = form.getAttribute('hx-patch')!;
  void fetch(url, { headers: headers() })
    .then((answer) => answer.text())
    .then((fresh) => form.isConnected && forms.showConflict(form, html, fresh) && form.requestSubmit());
}

function notSent({ requestConfig }: Info, because: string): void {
  const { elt, turn } = requestConfig;
  if (elt instanceof HTMLFormElement) {
    forms.showRefusal(elt, `<div class="problem"><p><b>Not saved: ${because.toLowerCase()}.</b> What you typed is kept; save again when the connection is back.</p></div>`);
  } else if (elt.id === 'loader') {
    if (!card.turns.isStale(turn)) {
      card.notReached(because);
    }
  } else if (elt.id !== 'guesser' && elt.id !== 'asker') {
    show(`${because}. Please try again.`, undefined, 8_000);
  }
}

function swapped(event: CustomEvent<Info>): void {
  const { target, xhr, requestConfig } = event.detail;
  const { elt } = requestConfig;
  if (target === cardElement) {
    card.painted(xhr.response as string);
  } else if (target === hits) {
    search.open();
    const count = hits.querySelectorAll('[role=option]').length;
    say(count === 0 ? 'Nobody found' : count === 1 ? '1 customer found' : `${count} customers found`);
  } else if (target.id === 'people') {
    card.markPerson();
    card.leaveColleague();
  } else if (target instanceof HTMLSelectElement) {
    // The current owner was an option before the list came.
    const seen = new Set<string>();
    [...target.options].forEach((option) => (seen.has(option.value) ? option.remove() : seen.add(option.value)));
  }

  if (elt instanceof HTMLFormElement || requestConfig.verb === 'delete') {
    saved(elt);
  }
}

function saved(elt: HTMLElement): void {
  if (elt instanceof HTMLFormElement && elt.isConnected) {
    elt.reset();
  }

  show('Saved.', undefined, 3_000);
  const form = elt.closest<HTMLElement>('[data-form]')?.dataset.form;
  if (!document.activeElement || document.activeElement === document.body) {
    const details = form && cardElement.querySelector<HTMLElement>(`[data-form="${CSS.escape(form)}"]`)?.closest('details');
    const home = details ? details.querySelector<HTMLElement>('summary') : cardElement.querySelector<HTMLElement>('#who');
    home?.focus({ preventScroll: true });
  }
}

// ---- clicks that are no requests ------------------------------------------------------------------------------------

function clicked(event: MouseEvent): void {
  const target = event.target as Element;
  const button = target.closest<HTMLElement>('[data-do]');
  const form = button?.closest('form');
  switch (button?.dataset.do) {
    case 'keep-mine':
      form!.dataset.etag = form!.querySelector<HTMLElement>('.conflict')!.dataset.etag;
      form!.requestSubmit();
      break;
    case 'take-theirs':
      forms.dropDraft(forms.draftKey(form!));
      card.reload();
      break;
    case 'unfold': {
      const open = button.getAttribute('aria-expanded') !== 'true';
      button.setAttribute('aria-expanded', String(open));
      button.textContent = open ? 'Show less' : 'Show all';
      break;
    }
    case 'sign-in':
      button.setAttribute('aria-busy', 'true');
      void signIn.interactively().then((refusal) => (refusal ? signedOut(refusal) : signedIn()));
      break;
  }

  const mail = target.closest<HTMLAnchorElement>('a[href^="mailto:"]');
  if (mail && outlook.writeTo(decodeURIComponent(mail.pathname))) {
    event.preventDefault();
  }
}

// ---- signed in or not -----------------------------------------------------------------------------------------------

let onSignedOut: (lasting: boolean) => void = () => undefined;

/** `lasting` is true when a person must sign in again, so nothing kept may be shown any more. */
export function whenSignedOut(listener: (lasting: boolean) => void): void {
  onSignedOut = listener;
}

function signedOut(refusal: Refusal): void {
  onSignedOut(refusal === 'askPerson');
  clear();
  cardElement.removeAttribute('aria-busy');
  cardElement.innerHTML = `<section class="signed-out" aria-labelledby="h-sign-in"><h2 id="h-sign-in">Signed out</h2>
<p>${refusals[refusal]}</p><p class="buttons"><button type="button" class="primary" data-do="sign-in">Sign in</button></p></section>`;
  say(refusals[refusal]);
}

function signedIn(): void {
  say('Signed in');
  card.follow();
}
