// What was typed and not saved, kept on this machine by customer and form until it is saved or given up.
import { bodyOf, controls, defaultOf, encoded, etagOf, grow, isTypedIn, setValue, valueOf, type Control } from './controls.ts';
import type { JsonObject } from './fields.ts';
import type { Kept } from './keep.ts';
import { show } from './status.ts';
import { escape, time } from './words.ts';

export interface Draft {
  at: number;
  /** Of the record on which the typing began. */
  etag: string | null;
  /** What the form held before anything was typed, as JSON: tells our changes from theirs. */
  before: JsonObject;
  values: Record<string, string>;
}

let kept: Kept<Draft>;
const card = document.getElementById('card')!;

export function start(store: Kept<Draft>): void {
  kept = store;
}

export function keyOf(form: HTMLFormElement): string {
  return keyWithin(form, form.dataset.form);
}

function keyWithin(within: Element, form: string | undefined): string {
  const { customer, address } = within.closest<HTMLElement>('.card')?.dataset ?? {};
  return `${customer ?? address?.toLowerCase() ?? ''}/${form}`;
}

export function keep(form: HTMLFormElement): void {
  const values: Record<string, string> = {};
  for (const control of controls(form)) {
    if (valueOf(control) !== defaultOf(control) || control.dataset.as === 'guid') {
      values[control.name] = valueOf(control);
    }
  }

  const key = keyOf(form);
  if (!isTypedIn(form)) {
    kept.drop(key);
    return;
  }

  const before = beforeOf(form);
  if (!kept.put(key, { at: Date.now(), etag: etagOf(form) ?? null, before, values })) {
    show('This machine has no room to keep what you type. Save soon.');
  }
}

/** The text of the draft as it is sent: one that was typed on since must survive the answer. */
export function textOf(key: string): string {
  return JSON.stringify(kept.get(key)?.values ?? null);
}

/** Given up, or saved: call what is returned to have it back. Null when there was none. */
export function drop(key: string): (() => void) | null {
  const draft = kept.get(key);
  kept.drop(key);
  return draft && (() => void kept.put(key, draft));
}

/** These values were saved while more was typed: that begins from them, and our own save is nobody else's change. */
export function typedOn(key: string, saved: JsonObject): void {
  const draft = kept.get(key);
  if (draft) {
    kept.put(key, { ...draft, before: saved });
  }
}

/** Puts every draft back into the forms of what was just painted. */
export function restore(within: Element = card): void {
  // Its form is yet to come.
  for (const fold of within.querySelectorAll<HTMLDetailsElement>('.edit[data-more]')) {
    fold.open ||= kept.get(keyWithin(fold, fold.dataset.more!.replace('written/', 'line-'))) !== null;
  }

  for (const form of within.querySelectorAll<HTMLFormElement>('form[data-form]')) {
    const draft = kept.get(keyOf(form));
    if (!draft) {
      continue;
    }

    for (const [name, value] of Object.entries(draft.values)) {
      const control = form.elements.namedItem(name) as Control | null;
      if (control) {
        setValue(control, value);
        grow(control);
      }
    }

    // Somebody else changed a field that was typed into: keep the old version, so that saving shows both.
    if (draft.etag && draft.etag !== etagOf(form) && clashes(form, draft.before)) {
      form.dataset.etag = draft.etag;
    }

    const details = form.closest('details');
    if (details) {
      details.open = true;
    }

    form.querySelector('.draft')?.remove();
    form.insertAdjacentHTML('afterbegin', `<p class="draft">Your draft from ${escape(time(draft.at))}, not saved yet.</p>`);
    form.classList.add('open');
  }
}

/** True when a field that we changed was changed by somebody else too, since `before`. */
function clashes(form: HTMLFormElement, before: JsonObject): boolean {
  const theirs = encoded(form, defaultOf).body;
  return Object.keys(bodyOf(form) ?? {}).some((key) => JSON.stringify(theirs[key]) !== JSON.stringify(before[key]));
}

/** What the form held before anything was typed: tells our changes from theirs. */
export const beforeOf = (form: HTMLFormElement): JsonObject => kept.get(keyOf(form))?.before ?? encoded(form, defaultOf).body;
