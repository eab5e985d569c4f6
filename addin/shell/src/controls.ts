// What the controls of a form hold: now, and as the server drew them.
import { changes, encode, withoutNulls, type Encoded, type Field, type JsonObject, type Kind } from './fields.ts';
import * as outlook from './outlook/outlook.ts';

export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((one): one is Control => 'name' in one && (one as Control).name !== '' && one.tagName !== 'BUTTON' && (one as Control).type !== 'file');
}

export function valueOf(control: Control): string {
  if (control.dataset.as === 'message') {
    return outlook.messageId();
  }

  return control instanceof HTMLInputElement && control.type === 'checkbox' ? String(control.checked) : control.value;
}

export function defaultOf(control: Control): string {
  if (control instanceof HTMLSelectElement) {
    return ([...control.options].find((option) => option.defaultSelected) ?? control.options[0])?.value ?? '';
  }

  return control.type === 'checkbox' ? String((control as HTMLInputElement).defaultChecked) : control.defaultValue;
}

export function setValue(control: Control, value: string): void {
  if (control instanceof HTMLInputElement && control.type === 'checkbox') {
    control.checked = value === 'true';
    return;
  }

  if (control instanceof HTMLSelectElement && ![...control.options].some((option) => option.value === value)) {
    control.add(new Option(value, value));
  }

  control.value = value;
}

/** There is an empty one for the next value, as long as the form takes more. */
export function grow(control: Control): void {
  const row = control.closest<HTMLElement>('[data-grows]');
  if (!row || row !== row.parentElement?.lastElementChild || control.value === '' || row.parentElement.childElementCount >= Number(row.dataset.grows)) {
    return;
  }

  const next = row.cloneNode(true) as HTMLElement;
  const input = next.querySelector('input')!;
  input.name = input.name.replace(/\d+/, (number) => String(Number(number) + 1));
  input.value = '';
  row.after(next);
}

export function encoded(form: HTMLFormElement, value: (control: Control) => string): Encoded {
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

// ---- the id of what a form makes -------------------------------------------------------------------------------------

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

/** The form is on its way. */
export function sent(form: HTMLFormElement): void {
  const guid = form.querySelector<HTMLInputElement>('[data-as=guid]');
  if (guid) {
    guid.dataset.sent = 'true';
  }
}

/** One note keeps one id however often it is sent; other words are another note, lest the server take it for the one it has. */
export function renameOnceSent(form: HTMLFormElement): void {
  const guid = form.querySelector<HTMLInputElement>('[data-as=guid]');
  if (guid && (!guid.value || guid.dataset.sent)) {
    guid.value = crypto.randomUUID();
    delete guid.dataset.sent;
  }
}
