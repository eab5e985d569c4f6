// While somebody presses, nothing that was asked for is drawn: an element that is replaced, or moves away, between pressing and letting go
// loses its click.

/** Whoever presses for longer does something else, such as marking text. */
const limitMs = 1_000;

let pressed: Promise<void> | null = null;

export function start(): void {
  addEventListener('pointerdown', () => (pressed ??= untilReleased()), { capture: true });
}

/** Null while nobody presses. */
export const released = (): Promise<void> | null => pressed;

function untilReleased(): Promise<void> {
  return new Promise((resolve) => {
    const heard = new AbortController();
    const limit = setTimeout(end, limitMs);
    for (const type of ['pointerup', 'pointercancel']) {
      // The click follows in the same task.
      addEventListener(type, () => setTimeout(end), { capture: true, signal: heard.signal });
    }

    function end(): void {
      clearTimeout(limit);
      heard.abort();
      pressed = null;
      resolve();
    }
  });
}
