// When to ask again after no answer: soon, then ever more slowly, and at once when the machine is back on the net.

const firstMs = 2_000;
const maxMs = 60_000;

/** Doubles from 2 s to 60 s; `spread` in 0..1 moves it by up to a quarter, so that a whole firm does not ask at once. */
export function waitMs(attempt: number, spread: number): number {
  return Math.min(firstMs * 2 ** attempt, maxMs) * (0.75 + spread / 2);
}

export class Retry {
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly again: () => void;

  constructor(again: () => void) {
    this.again = again;
  }

  later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.again, waitMs(this.attempt++, Math.random()));
  }

  now(): void {
    if (this.timer !== undefined) {
      this.stop();
      this.again();
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.attempt = 0;
  }
}
