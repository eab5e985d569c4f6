// What a person does at the forms of the card: opens, types, goes on where they were, gives up.
import { grow, renameOnceSent, type Control } from './controls.ts';
import * as drafts from './drafts.ts';
import { focus } from './focus.ts';
import { clearRefusal } from './refusals.ts';
import { show } from './status.ts';

const card = document.getElementById('card')!;

export function start(): void {
  card.addEventListener('input', (event) => typed(event.target as HTMLElement));
  card.addEventListener('change', (event) => typed(event.target as HTMLElement));
  // It stays open when the focus leaves: what is below must not move away under a click.
  card.addEventListener('focusin', (event) => (event.target as HTMLElement).closest('.note')?.classList.add('open'));
  card.addEventListener('reset', (event) => cancel(event.target as HTMLFormElement));
  card.addEventListener('keydown', keys);
  card.addEventListener('toggle', (event) => opened(event.target as HTMLDetailsElement), true);
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
  grow(target as Control);
  renameOnceSent(form);
  drafts.keep(form);
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
      focus(again, { preventScroll: true });
      if (typeof selectionStart === 'number') {
        (again as HTMLInputElement).setSelectionRange(selectionStart, selectionEnd ?? selectionStart);
      }
    }
  };
}

export function opened(details: HTMLDetailsElement): void {
  const at = document.activeElement;
  // Whoever types in it already goes on.
  if (details.open && details.matches('.edit') && details.contains(at) && !at?.matches('input, textarea, select')) {
    details.querySelector<HTMLElement>('input:not([type=hidden]), textarea, select')?.focus();
  }
}

function cancel(form: HTMLFormElement): void {
  const takeBack = drafts.drop(drafts.keyOf(form));
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

  if (takeBack) {
    show('Changes discarded.', {
      label: 'Undo',
      run: () => {
        takeBack();
        details?.querySelector('summary')?.focus(); // from there the form takes it, once it is open
        drafts.restore();
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
      event.stopPropagation(); // office.js would go to the top of the pane
      own.reset();
    }
  } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && form) {
    form.requestSubmit();
  }
}
