// What is said beside the card: the bar at the foot for the eye, the live region for the ear.
import { focus } from './focus.ts';

const bar = document.getElementById('bar')!;
const barText = document.getElementById('bar-text')!;
const barButton = document.getElementById('bar-button')!;
const live = document.getElementById('say')!;
let hide: ReturnType<typeof setTimeout> | undefined;

/** Read out when the reader pauses. Said twice in a row, it is heard twice. */
export function say(text: string): void {
  live.textContent = live.textContent === text ? text + '\u00a0' : text;
}

/** Shown and read out. Stays until something else is shown, or for `forMs`. */
export function show(text: string, action?: { label: string; run: () => void }, forMs?: number): void {
  clearTimeout(hide);
  say(text);
  barText.textContent = text;
  if (!action) {
    leaveButton();
  }

  barButton.hidden = !action;
  barButton.textContent = action?.label ?? '';
  barButton.onclick = action ? action.run : null;
  bar.hidden = false;
  if (forMs) {
    hide = setTimeout(clear, forMs);
  }
}

export function clear(): void {
  clearTimeout(hide);
  leaveButton();
  bar.hidden = true;
}

/** Whoever is at the button that goes is not sent to the top of the pane, but goes on at the card. */
function leaveButton(): void {
  if (document.activeElement === barButton) {
    focus(document.getElementById('who') ?? document.getElementById('card'), { preventScroll: true });
  }
}
