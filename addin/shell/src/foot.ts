// The line at the foot: how the logging of the person's own mailbox is going.
import { ask, isOk } from './requests.ts';
import { swap } from './views.ts';

const everyMs = 60_000;
const foot = document.getElementById('foot')!;

/** Asks now and every minute in which somebody can see it. */
export async function keepUp(): Promise<void> {
  if (!document.hidden) {
    const answer = await ask('get', '/api/mailboxes/mine/line', { quiet: true });
    // What is not known now is not said: an old line would call a sick mailbox healthy.
    swap({ target: foot, swap: 'innerHTML', select: null }, answer && isOk(answer) ? answer.html : '');
  }

  setTimeout(() => void keepUp(), everyMs);
}
