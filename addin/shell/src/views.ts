// What our views ask for, in htmx's words: the few of its attributes that they use, each with the meaning that htmx gives it.
// tests/views.test.ts holds the views to these.
//
//   hx-get, hx-post, hx-put, hx-patch, hx-delete   the address: of a form when it is submitted, of a button when it is clicked
//   hx-target    whose content the answer becomes: SELECTOR, "closest SELECTOR" or "this"; the card unless said
//   hx-swap      "innerHTML" unless said; "outerHTML" takes the target's place, "beforeend" adds to it
//   hx-select    only these elements of the answer
//   hx-confirm   a question; a second click is the answer, while the button has the focus
//   hx-trigger   "toggle from:closest details once": not on a click, but when the fold around it is first opened;
//                "every 1s": by itself, as long as the element is there
import { focus } from './focus.ts';
import type { Verb } from './requests.ts';

export interface Wish {
  verb: Verb;
  url: string;
  target: Element;
  swap: 'innerHTML' | 'outerHTML' | 'beforeend';
  select: string | null;
  confirm: string | null;
}

const verbs: Verb[] = ['get', 'post', 'put', 'patch', 'delete'];
export const whenUnfolded = 'toggle from:closest details once';
export const everySecond = 'every 1s';

/** Null when the element asks for nothing. */
export function wishOf(element: Element): Wish | null {
  const verb = verbs.find((one) => element.hasAttribute(`hx-${one}`));
  const target = targetOf(element);
  return verb && target && {
    verb,
    url: element.getAttribute(`hx-${verb}`)!,
    target,
    swap: (element.getAttribute('hx-swap') ?? 'innerHTML') as Wish['swap'],
    select: element.getAttribute('hx-select'),
    confirm: element.getAttribute('hx-confirm'),
  } || null;
}

function targetOf(element: Element): Element | null {
  const target = element.getAttribute('hx-target') ?? '#card';
  return target === 'this' ? element
    : target.startsWith('closest ') ? element.closest(target.slice('closest '.length))
    : element.ownerDocument.querySelector(target);
}

/** What the server drew, not yet on the page: nothing in it loads or runs. */
export function parse(html: string): DocumentFragment {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content;
}

/** The focus stays with the element of the same id. */
export function swap({ target, swap: how, select }: Pick<Wish, 'target' | 'swap' | 'select'>, html: string): void {
  const focused = document.activeElement?.id;
  if (how === 'innerHTML' && select === null) {
    target.innerHTML = html; // read once, where it belongs
  } else {
    const drawn = parse(html);
    const nodes = select === null ? [drawn] : [...drawn.querySelectorAll(select)];
    if (how === 'outerHTML') {
      target.replaceWith(...nodes);
    } else if (how === 'beforeend') {
      target.append(...nodes);
    } else {
      target.replaceChildren(...nodes);
    }
  }

  if (focused && document.activeElement?.id !== focused) {
    focus(document.getElementById(focused), { preventScroll: true });
  }
}
