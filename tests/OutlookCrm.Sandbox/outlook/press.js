// While somebody presses, nothing that was asked for is drawn: a row or button that is replaced between pressing and letting go loses its click.

const LIMIT_MS = 1_000; // whoever presses for longer marks or drags something

let pressed = null;

addEventListener('pointerdown', () => { pressed ??= untilReleased(); }, { capture: true });

/** Null while nobody presses. */
export const released = () => pressed;

function untilReleased() {
  return new Promise((resolve) => {
    const heard = new AbortController();
    const end = () => {
      clearTimeout(limit);
      heard.abort();
      pressed = null;
      resolve();
    };
    const limit = setTimeout(end, LIMIT_MS);
    for (const type of ['pointerup', 'pointercancel']) {
      addEventListener(type, () => setTimeout(end), { capture: true, signal: heard.signal }); // the click follows in the same task
    }
  });
}
