// The line at the foot: how the logging of the person's own mailbox is going.
import { forgetBefore } from './card.ts';
import { ask, isOk } from './requests.ts';
import { swap } from './views.ts';

const everyMs = 60_000;
/** While the server says of the line that it will soon be another one. */
const soonMs = 10_000;

const foot = document.getElementById('foot')!;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks now, as long as somebody can see it, and when somebody looks at it more closely. */
export function start(): void {
  document.addEventListener('visibilitychange', () => void keepUp());
  // The page behind it is drawn anew; both are to say the same.
  foot.addEventListener('click', () => void keepUp());
  void keepUp();
}

async function keepUp(): Promise<void> {
  clearTimeout(timer);
  if (document.hidden) {
    return;
  }

  const answer = await ask('get', '/api/mailboxes/mine/line', { quiet: true, place: 'foot' });
  if (!answer) {
    // Asked anew meanwhile, or somebody has to sign in first.
    clearTimeout(timer);
    timer = setTimeout(() => void keepUp(), everyMs);
    return;
  }

  // What is not known now is not said: an old line would call a sick mailbox healthy.
  swap({ target: foot, swap: 'innerHTML', select: null }, isOk(answer) ? answer.html : '');
  clearTimeout(timer);
  timer = setTimeout(() => void keepUp(), foot.querySelector('[data-soon]') ? soonMs : everyMs);
  const mark = foot.querySelector<HTMLElement>('[data-cards]')?.dataset.cards;
  if (mark) {
    forgetBefore(mark);
  }
}
