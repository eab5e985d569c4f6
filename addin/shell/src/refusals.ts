// What a save met: a broken rule at its field, or somebody else's change beside ours.
import { bodyOf, defaultOf, encoded, etagOf, valueOf, type Control } from './controls.ts';
import { beforeOf } from './drafts.ts';
import { focus } from './focus.ts';
import { say } from './status.ts';
import { escape } from './words.ts';

const changedMeanwhile = 'This was changed meanwhile. When you save, nothing is overwritten unseen.';

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
  focus(first ?? form.querySelector<HTMLElement>('button'));
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
    const before = beforeOf(form);
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
  focus(title);
  return false;
}
