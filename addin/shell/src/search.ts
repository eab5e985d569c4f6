// The search box: a combobox whose options the server draws.
import { ask, drop, isOk } from './requests.ts';
import { say, show } from './status.ts';
import { swap } from './views.ts';

const minLength = 2;
/** Between two letters of somebody who types. */
const pauseMs = 150;

const box = document.getElementById('find') as HTMLInputElement;
const hits = document.getElementById('hits')!;
let pause: ReturnType<typeof setTimeout> | undefined;

export function start(): void {
  box.addEventListener('input', typed);
  box.addEventListener('keydown', keys);
  box.addEventListener('focus', () => {
    if (box.value.trim().length >= minLength && hits.childElementCount > 0) {
      open();
    }

    typed();
  });
  box.addEventListener('blur', () => {
    keep(); // what came now would lie over what they have gone to
    // After the click on a hit has been heard.
    setTimeout(() => hits.contains(document.activeElement) || close(), 150);
  });
  hits.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    keep();
  });
  // Somebody may have typed before anything here listened.
  typed();
}

function typed(): void {
  clearTimeout(pause);
  if (box.value.trim().length < minLength) {
    drop('hits');
    close();
  } else {
    pause = setTimeout(() => void find(), pauseMs);
  }
}

/** What is found stays as it is: nothing more comes. */
function keep(): void {
  clearTimeout(pause);
  drop('hits');
}

async function find(): Promise<void> {
  const answer = await ask('get', `/api/search?q=${encodeURIComponent(box.value.trim())}`, { place: 'hits' });
  if (!answer) {
    return;
  }

  if (!isOk(answer)) {
    show(`${answer.status === 0 ? answer.html : 'That did not work'}. Please try again.`, undefined, 8_000);
    return;
  }

  swap({ target: hits, swap: 'innerHTML', select: null }, answer.html);
  open();
  const count = hits.querySelectorAll('[role=option]').length;
  say(count === 0 ? 'Nobody found' : count === 1 ? '1 customer found' : `${count} customers found`);
}

function open(): void {
  hits.hidden = false;
  box.setAttribute('aria-expanded', String(hits.querySelector('[role=option]') !== null));
  mark(null);
}

function close(): void {
  hits.hidden = true;
  box.setAttribute('aria-expanded', 'false');
  mark(null);
}

/** Once a hit is shown, its search is over. */
export function done(): void {
  keep();
  box.value = '';
  hits.replaceChildren();
  close();
}

function keys(event: KeyboardEvent): void {
  const options = hits.hidden ? [] : [...hits.querySelectorAll<HTMLElement>('[role=option]')];
  const at = options.findIndex((one) => one.getAttribute('aria-selected') === 'true');
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && options.length > 0) {
    event.preventDefault();
    keep();
    mark(options[(at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length] ?? null);
  } else if (event.key === 'Enter') {
    event.preventDefault();
    (options[at] ?? options[0])?.click();
  } else if (event.key === 'Escape' && box.value) {
    event.preventDefault();
    event.stopPropagation();
    done();
  }
}

function mark(option: HTMLElement | null): void {
  hits.querySelectorAll('[aria-selected=true]').forEach((one) => one.setAttribute('aria-selected', 'false'));
  option?.setAttribute('aria-selected', 'true');
  option?.scrollIntoView({ block: 'nearest' });
  if (option) {
    box.setAttribute('aria-activedescendant', option.id);
  } else {
    box.removeAttribute('aria-activedescendant');
  }
}
