// Brings onto the screen what has changed of a card and nothing else: a part that the server draws as before keeps its focus, its place and
// whatever was opened or typed in it, and a part that a person is at waits. The part in which the person just did something does not, unless
// that would shut another form in it which is being typed into.
import { isTypedIn } from './controls.ts';
import { focus } from './focus.ts';

/** Where somebody's focus holds nothing up. */
const restsAt = 'summary, .promise';
/** Looked into; everything else is a part, which changes as a whole. */
const containers = '.card, .who, .history, #timeline, .lines';
/** Each part as the server drew it, before anything was opened or typed. Lines that were asked for later have none. */
const drawn = new WeakMap<Element, string>();

export interface Merged {
  /** New on the page. */
  parts: Element[];
  /** At some parts there was a person: they are as they were. */
  waits: boolean;
}

/** Must be told of whatever is drawn into a card, before anything else happens to it. */
export function remember(within: Element): void {
  [...within.children].forEach(rememberPart);
}

export function rememberPart(part: Element): void {
  if (part.matches(containers)) {
    remember(part);
  } else {
    drawn.set(part, part.outerHTML);
  }
}

/** An answer for it alone can be merged into it as it stands, unless it is about a line of which the answer may know nothing. */
export function takes(target: Element, by: Element): boolean {
  const line = by.closest('.lines > li');
  return target.matches(containers) && target.children.length > 0 && (!line || drawn.has(line));
}

/**
 * @param held called with each part that waits and what it would become (nothing when it goes), while the card around it still is as before.
 * @param by what was saved or clicked: the part around it becomes what the server answered, open or not; what is typed into a form that comes with it
 * is put back by its draft.
 */
export function merge(shown: Element, fresh: Element, held: (part: Element, wanted?: Element) => void, by?: Element): Merged {
  const merged: Merged = { parts: [], waits: false };
  mergeInto(shown, fresh);
  return merged;

  function mergeInto(page: Element, wanted: Element): void {
    const rest = [...page.children];
    // Further pages of history stand below the first, which is all that is drawn again.
    const isLonger = rest.some((part) => keyOf(part) === undefined);
    const parts = [...wanted.children].filter((part) => !isLonger || !part.matches('.earlier'));
    const keys = new Set(parts.map(keyOfFresh));
    let last: Element | null = null;
    for (const part of parts) {
      const key = keyOfFresh(part);
      const same = rest.findIndex((one) => keyOf(one) === key);
      const at = same >= 0 ? same : rest.findIndex((one) => kindOf(one) === kindOf(part) && !keys.has(keyOf(one) ?? ''));
      const [before, ...gone] = at < 0 ? [] : rest.splice(0, at + 1).reverse();
      gone.forEach(leave);
      last = before ? update(before, part) : insert(part, last, page);
    }

    if (!isLonger) {
      rest.forEach(leave);
    }

    for (const { name, value } of wanted.attributes) {
      page.setAttribute(name, value);
    }
  }

  function update(before: Element, part: Element): Element {
    if (part.matches(containers)) {
      mergeInto(before, part);
    } else {
      const differs = drawn.get(before) !== part.outerHTML;
      if (isDone(before) ? !shuts(before, part) : differs && !isBusy(before)) {
        const at = before.querySelector<HTMLElement>(`:is(${restsAt}):focus`);
        arrive(part);
        before.replaceWith(part);
        if (at) {
          focus([...part.querySelectorAll<HTMLElement>(restsAt)].find((one) => nameOf(one) === nameOf(at)), { preventScroll: true });
        }

        return part;
      }

      if (differs) {
        wait(before, part);
      }
    }

    return before;
  }

  function insert(part: Element, last: Element | null, page: Element): Element {
    arrive(part);
    page.insertBefore(part, last ? last.nextSibling : page.firstChild);
    return part;
  }

  function arrive(part: Element): void {
    rememberPart(part);
    merged.parts.push(part);
  }

  function leave(part: Element): void {
    if (!isDone(part) && (isBusy(part) || part.contains(document.activeElement))) {
      wait(part);
    } else {
      part.remove();
    }
  }

  function wait(part: Element, wanted?: Element): void {
    merged.waits = true;
    held(part, wanted);
  }

  function isDone(part: Element): boolean {
    return by !== undefined && part.contains(by);
  }

  /** Somebody types into a form that was asked for, and so does not come again with the part. */
  function shuts(before: Element, part: Element): boolean {
    return [...before.querySelectorAll<HTMLFormElement>('form[data-form]')].some((form) => !form.contains(by!)
      && (form.contains(document.activeElement) || isTypedIn(form))
      && !part.querySelector(`form[data-form="${CSS.escape(form.dataset.form!)}"]`));
  }
}

/** A part is the same when it was drawn the same, a container when it is the same container. */
function keyOf(onPage: Element): string | undefined {
  return onPage.matches(containers) ? kindOf(onPage) : drawn.get(onPage);
}

function keyOfFresh(part: Element): string {
  return part.matches(containers) ? kindOf(part) : part.outerHTML;
}

/** The same for a part before and after it changed. A line of history is known by its time, a section by its title. */
function kindOf(part: Element): string {
  const title = part.querySelector(':scope > h3')?.textContent ?? '';
  return `${part.tagName} ${part.id || part.classList[0]} ${part.querySelector(':scope > .meta > time')?.getAttribute('datetime') ?? title}`;
}

const nameOf = (element: Element): string | null => element.id || (element.getAttribute('aria-label') ?? element.textContent);

/** Somebody types, reads or marks something here. Where a closed fold has the focus, or a line as such, nobody does: it keeps that when it is drawn anew. */
function isBusy(part: Element): boolean {
  const open = 'details[open], [aria-expanded=true], [aria-busy], section > form';
  return (part.contains(document.activeElement) && !document.activeElement!.matches(restsAt))
    || part.matches(open)
    || part.querySelector(open) !== null
    || (!getSelection()?.isCollapsed && part.contains(getSelection()?.anchorNode ?? null));
}
