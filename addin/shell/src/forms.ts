// Forms in the card: what they hold, the draft of each, what was refused, whose change wins.
import { changes, encode, withoutNulls, type Encoded, type Field, type JsonObject, type Kind } from './fields.ts';
import type { Kept } from './keep.ts';
import * as outlook from './outlook/outlook.ts';
import { say, show } from './status.ts';
import { escape, time } from './words.ts';

export interface Draft {
  at: number;
  /** Of the record on which the typing began. */
  etag: string | null;
  /** What the form held before anything was typed, as JSON: tells our changes from theirs. */
  before: JsonObject;
  values: Record<string, string>;
}

const changedMeanwhile = 'This was changed meanwhile. When you save, nothing is overwritten unseen.';

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

let drafts: Kept<Draft>;
const card = document.getElementById('card')!;

export function start(keep: Kept<Draft>): void {
  drafts = keep;
  card.addEventListener('input', (event) => typed(event.target as HTMLElement));
  card.addEventListener('change', (event) => typed(event.target as HTMLElement));
  // It stays open when the focus leaves: what is below must not move away under a click.
  card.addEventListener('focusin', (event) => (event.target as HTMLElement).closest('.note')?.classList.add('open'));
  card.addEventListener('reset', (event) => cancel(event.target as HTMLFormElement));
  card.addEventListener('keydown', keys);
  card.addEventListener('toggle', (event) => opened(event.target as HTMLDetailsElement), true);
}

// ---- values ---------------------------------------------------------------------------------------------------------

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((one): one is Control => 'name' in one && (one as Control).name !== '' && one.tagName !== 'BUTTON' && (one as Control).type !== 'file');
}

function valueOf(control: Control): string {
  if (control.dataset.as === 'message') {
    return outlook.messageId();
  }

  return control instanceof HTMLInputElement && control.type === 'checkbox' ? String(control.checked) : control.value;
}

function defaultOf(control: Control): string {
  if (control instanceof HTMLSelectElement) {
    return ([...control.options].find((option) => option.defaultSelected) ?? control.options[0])?.value ?? '';
  }

  return control.type === 'checkbox' ? String((control as HTMLInputElement).defaultChecked) : control.defaultValue;
}

function setValue(control: Control, value: string): void {
  if (control instanceof HTMLInputElement && control.type === 'checkbox') {
    control.checked = value === 'true';
    return;
  }

  if (control instanceof HTMLSelectElement && ![...control.options].some((option) => option.value === value)) {
    control.add(new Option(value, value));
  }

  control.value = value;
}

function encoded(form: HTMLFormElement, value: (control: Control) => string): Encoded {
  const fields: Field[] = [];
  for (const control of controls(form)) {
    // An id that stands for a name counts only as long as the name is what it was.
    const other = control.dataset.while && (form.elements.namedItem(control.dataset.while) as Control | null);
    if (!other || value(other) === defaultOf(other)) {
      const kind = control.type === 'checkbox' ? 'flag' : ((control.dataset.as ?? 'text') as Kind);
      fields.push({ name: control.name, value: value(control), kind, preset: 'preset' in control.dataset });
    }
  }

  return encode(fields);
}

/** It holds something that somebody typed or chose and did not save. */
export const isTypedIn = (form: HTMLFormElement): boolean =>
  controls(form).some((control) => control.type !== 'hidden' && valueOf(control) !== defaultOf(control));

/** All that a form holds now. */
export const valuesOf = (form: HTMLFormElement): JsonObject => encoded(form, valueOf).body;

/** What a form sends; null when it would change nothing. A button with a name sends its value, instead of a control where it says so. */
export function bodyOf(form: HTMLFormElement, button: HTMLButtonElement | null = null): JsonObject | null {
  const { body } = encoded(form, valueOf);
  if (!form.hasAttribute('hx-patch')) {
    const filled = withoutNulls(body);
    if (button?.name) {
      delete filled[button.dataset.instead ?? ''];
      filled[button.name] = button.value;
    }

    return filled;
  }

  const changed = changes(body, encoded(form, defaultOf).body);
  return Object.keys(changed).length > 0 ? changed : null;
}

/** The record's version that a save is meant for. */
export function etagOf(form: HTMLFormElement): string | undefined {
  return form.dataset.etag ?? form.closest<HTMLElement>('[data-etag]')?.dataset.etag;
}

/**
 * The card around this part is about to be a newer version, and the part stays as it is. A form in it goes along with the version when its
 * fields are what they were; when they are not, it keeps the version that it was filled from and says so.
 */
export function hold(part: Element, wanted?: Element): void {
  for (const form of part.querySelectorAll<HTMLFormElement>('form[hx-patch]')) {
    const theirs = wanted?.querySelector<HTMLFormElement>(`form[data-form="${CSS.escape(form.dataset.form ?? '')}"]`);
    const note = form.querySelector('.changed');
    if (theirs && JSON.stringify(encoded(theirs, defaultOf).body) === JSON.stringify(encoded(form, defaultOf).body)) {
      if (note) {
        note.remove();
        delete form.dataset.etag;
      }
    } else {
      form.dataset.etag ??= etagOf(form) ?? '';
      if (theirs && !note && !form.querySelector('.conflict')) {
        above(form, `<p class="changed">${changedMeanwhile}</p>`);
        say(changedMeanwhile);
      }
    }
  }
}

/** Where somebody types, by its name: call what is returned once that may have been drawn anew. */
export function goOn(): () => void {
  const at = document.activeElement as HTMLInputElement | null;
  const form = at?.closest<HTMLElement>('form[data-form]')?.dataset.form;
  const { selectionStart, selectionEnd } = at ?? {};
  return () => {
    const again = form && at?.name && !at.isConnected
      && card.querySelector<HTMLFormElement>(`details[open] form[data-form="${CSS.escape(form)}"]`)?.elements.namedItem(at.name);
    if (again instanceof HTMLElement) {
      again.focus({ preventScroll: true });
      if (typeof selectionStart === 'number') {
        (again as HTMLInputElement).setSelectionRange(selectionStart, selectionEnd ?? selectionStart);
      }
    }
  };
}

// ---- drafts ---------------------------------------------------------------------------------------------------------

export function draftKey(form: HTMLFormElement): string {
  return keyOf(form, form.dataset.form);
}

function keyOf(within: Element, form: string | undefined): string {
  const { customer, address } = within.closest<HTMLElement>('.card')?.dataset ?? {};
  return `${customer ?? address?.toLowerCase() ?? ''}/${form}`;
}

function typed(target: HTMLElement): void {
  const form = target.closest('form');
  if (!form) {
    return;
  }

  if (target.matches('[aria-invalid]')) {
    target.removeAttribute('aria-invalid');
  }

  // Whoever types has checked.
  target.closest('label')?.querySelector('.guess')?.remove();
  const guid = form.querySelector<HTMLInputElement>('[data-as=guid]');
  if (guid && (!guid.value || guid.dataset.sent)) {
    // One note keeps one id however often it is sent; other words are another note, lest the server take it for the one it has.
    guid.value = crypto.randomUUID();
    delete guid.dataset.sent;
  }

  keepDraft(form);
}

function keepDraft(form: HTMLFormElement): void {
  const values: Record<string, string> = {};
  for (const control of controls(form)) {
    if (valueOf(control) !== defaultOf(control) || control.dataset.as === 'guid') {
      values[control.name] = valueOf(control);
    }
  }

  const key = draftKey(form);
  if (!isTypedIn(form)) {
    drafts.drop(key);
    return;
  }

  const before = drafts.get(key)?.before ?? encoded(form, defaultOf).body;
  if (!drafts.put(key, { at: Date.now(), etag: etagOf(form) ?? null, before, values })) {
    show('This machine has no room to keep what you type. Save soon.');
  }
}

/** What is made has an id before it is sent, however little was typed. */
export function identify(form: HTMLFormElement): void {
  const guid = form.querySelector<HTMLInputElement>('[data-as=guid]');
  if (guid) {
    guid.value ||= crypto.randomUUID();
  }
}

/** It was made: what the form makes next is another one. */
export function spend(form: HTMLFormElement): void {
  const guid = form.querySelector<HTMLInputElement>('[data-as=guid]');
  if (guid) {
    guid.value = '';
  }
}

/** What the open mail says stands in the form before anything is typed. False when no form asks for it. */
export function fill(within: Element, item: Pick<outlook.Item, 'subject' | 'messageId' | 'meetingId'> | null): boolean {
  const controls = within.querySelectorAll<HTMLInputElement>('input[data-of-item]');
  for (const control of controls) {
    const before = control.defaultValue;
    const text = item?.[control.dataset.ofItem as 'subject' | 'messageId' | 'meetingId'] ?? '';
    control.defaultValue = control.maxLength > 0 ? text.slice(0, control.maxLength) : text;
    if (control.value === before) {
      control.value = control.defaultValue;
    }
  }

  return controls.length > 0;
}

/** What it changes was saved, and it stays: it goes on from there. */
export function goOnFrom(form: HTMLFormElement): void {
  delete form.dataset.etag;
  for (const control of controls(form)) {
    if (control instanceof HTMLSelectElement) {
      [...control.options].forEach((option) => (option.defaultSelected = option.selected));
    } else if (control instanceof HTMLInputElement && control.type === 'checkbox') {
      control.defaultChecked = control.checked;
    } else {
      control.defaultValue = control.value;
    }
  }
}

/** The form is on its way. */
export function sent(form: HTMLFormElement): void {
  const guid = form.querySelector<HTMLInputElement>('[data-as=guid]');
  if (guid) {
    guid.dataset.sent = 'true';
  }
}

/** The text of the draft as it is sent: one that was typed on since must survive the answer. */
export function draftText(key: string): string {
  return JSON.stringify(drafts.get(key)?.values ?? null);
}

export function dropDraft(key: string): void {
  drafts.drop(key);
}

/** These values were saved while more was typed: that begins from them, and our own save is nobody else's change. */
export function typedOn(key: string, saved: JsonObject): void {
  const draft = drafts.get(key);
  if (draft) {
    drafts.put(key, { ...draft, before: saved });
  }
}

/** Puts every draft back into the forms of what was just painted. */
export function restoreDrafts(within: Element = card): void {
  // Its form is yet to come.
  for (const fold of within.querySelectorAll<HTMLDetailsElement>('.edit[data-more]')) {
    fold.open ||= drafts.get(keyOf(fold, fold.dataset.more!.replace('written/', 'line-'))) !== null;
  }

  for (const form of within.querySelectorAll<HTMLFormElement>('form[data-form]')) {
    const draft = drafts.get(draftKey(form));
    if (!draft) {
      continue;
    }

    for (const [name, value] of Object.entries(draft.values)) {
      const control = form.elements.namedItem(name) as Control | null;
      if (control) {
        setValue(control, value);
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

// ---- opening and giving up ------------------------------------------------------------------------------------------

export function opened(details: HTMLDetailsElement): void {
  const at = document.activeElement;
  // Whoever types in it already goes on.
  if (details.open && details.matches('.edit') && details.contains(at) && !at?.matches('input, textarea, select')) {
    details.querySelector<HTMLElement>('input:not([type=hidden]), textarea, select')?.focus();
  }
}

function cancel(form: HTMLFormElement): void {
  const values = drafts.get(draftKey(form));
  const key = draftKey(form);
  drafts.drop(key);
  clearRefusal(form);
  form.querySelector('.draft')?.remove();
  form.classList.remove('open');
  if (!form.querySelector('.changed')) {
    delete form.dataset.etag;
  }

  form.querySelectorAll<HTMLInputElement>('[data-as=guid]').forEach((guid) => (guid.value = ''));
  const details = form.closest('details');
  if (details) {
    details.open = false;
    details.querySelector('summary')?.focus();
  }

  if (values) {
    show('Changes discarded.', {
      label: 'Undo',
      run: () => {
        drafts.put(key, values);
        restoreDrafts();
        show('Your changes are back.', undefined, 3_000);
      },
    }, 10_000);
  }
}

function keys(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const form = target.closest('form');
  if (event.key === 'Escape') {
    const open = target.closest<HTMLDetailsElement>('details.edit[open]');
    const own = form ?? open?.querySelector('form');
    if (own) {
      event.preventDefault();
      own.reset();
    }
  } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && form) {
    form.requestSubmit();
  }
}

// ---- refusals and conflicts -----------------------------------------------------------------------------------------

export function clearRefusal(form: HTMLFormElement): void {
  form.querySelectorAll('.problem, .conflict, .error').forEach((one) => one.remove());
  form.querySelectorAll('[aria-invalid]').forEach((one) => {
    one.removeAttribute('aria-invalid');
    one.removeAttribute('aria-describedby');
  });
}

function above(form: HTMLFormElement, html: string): void {
  const buttons = form.querySelector('.buttons');
  if (buttons) {
    buttons.insertAdjacentHTML('beforebegin', html);
  } else {
    form.insertAdjacentHTML('beforeend', html);
  }
}

/** Shows each broken rule at its field and goes to the first; what belongs to no field stays above the buttons. */
export function showRefusal(form: HTMLFormElement, html: string): void {
  clearRefusal(form);
  above(form, html);
  const { controls: names } = encoded(form, valueOf);
  let first: HTMLElement | null = null;
  for (const rule of form.querySelectorAll<HTMLElement>('.problem [data-field]')) {
    const field = rule.dataset.field!;
    const name = names.get(field) ?? [...names].find(([path]) => path.startsWith(field))?.[1] ?? field;
    const control = form.elements.namedItem(name) as Control | null;
    if (control && control.type !== 'hidden') {
      const id = `error-${form.dataset.form}-${field}`;
      control.setAttribute('aria-invalid', 'true');
      control.setAttribute('aria-describedby', id);
      control.insertAdjacentHTML('afterend', `<span class="error" id="${escape(id)}">${escape(rule.textContent ?? '')}</span>`);
      rule.remove();
      first ??= control;
      const inner = control.closest<HTMLDetailsElement>('details.more');
      if (inner) {
        inner.open = true;
      }
    }
  }

  const problem = form.querySelector<HTMLElement>('.problem');
  if (problem && first && !problem.querySelector('[data-field]')) {
    problem.remove();
  }

  say(first ? 'Not saved. Please check the marked fields.' : (problem?.textContent ?? 'Not saved.'));
  (first ?? form.querySelector<HTMLElement>('button'))?.focus();
}

/**
 * The record changed under the form. When nothing that we changed was touched, the save may go again with the new version:
 * true. Otherwise both versions are shown, and nothing is saved until one is chosen.
 */
export function showConflict(form: HTMLFormElement, html: string, freshCard: string): boolean {
  clearRefusal(form);
  const fresh = new DOMParser().parseFromString(freshCard, 'text/html');
  const theirs = fresh.querySelector<HTMLFormElement>(`form[data-form="${CSS.escape(form.dataset.form ?? '')}"]`);
  const etag = fresh.querySelector<HTMLElement>('[data-etag]')?.dataset.etag;
  if (theirs && etag) {
    const before = drafts.get(draftKey(form))?.before ?? encoded(form, defaultOf).body;
    const now = encoded(theirs, defaultOf).body;
    const clashing = Object.keys(bodyOf(form) ?? {}).filter((key) => JSON.stringify(now[key]) !== JSON.stringify(before[key]));
    if (clashing.length === 0) {
      form.dataset.etag = etag;
      return true;
    }
  }

  form.querySelector('.changed')?.remove();
  above(form, html);
  const title = form.querySelector<HTMLElement>('.conflict h4');
  say(title?.textContent ?? '');
  title?.focus();
  return false;
}
