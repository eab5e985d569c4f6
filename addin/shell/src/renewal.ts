// When to ask whether the shown card has changed: every few seconds while somebody is likely to look, then ever more seldom, and never
// unseen. An answer "nothing new" costs the server two reads and draws nothing.

const soonMs = 4_000;
/** Two minutes of every four seconds. */
const soonTimes = 30;
const steadyMs = 8_000;
/** Until a quarter of an hour is over. */
const steadyTimes = 98;
const maxMs = 60_000;

/** 4 s for two minutes, 8 s until a quarter of an hour is over, then half as long again each time up to a minute. */
export function renewMs(times: number): number {
  return times < soonTimes ? soonMs : Math.min(steadyMs * 1.5 ** Math.max(times - soonTimes - steadyTimes, 0), maxMs);
}

export class Renewal {
  private times = 0;
  private isOn = false;
  private isAsking = false;
  private askedAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly ask: () => Promise<void>;
  private readonly isSeen: () => boolean;

  constructor(ask: () => Promise<void>, isSeen: () => boolean) {
    this.ask = ask;
    this.isSeen = isSeen;
  }

  /** Something was selected or has changed: soon again. */
  begin(): void {
    this.isOn = true;
    this.times = 0;
    this.wait();
  }

  stop(): void {
    this.isOn = false;
    clearTimeout(this.timer);
  }

  /** Somebody looks again: at once unless it was just asked, and soon again. Nothing while stopped. */
  look(): void {
    if (this.isOn && !this.isAsking) {
      this.times = 0;
      if (Date.now() - this.askedAt >= soonMs) {
        void this.now();
      } else {
        this.wait();
      }
    }
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.now(), renewMs(this.times++));
  }

  private async now(): Promise<void> {
    clearTimeout(this.timer);
    if (this.isSeen()) {
      this.isAsking = true;
      this.askedAt = Date.now();
      await this.ask();
      this.isAsking = false;
    }

    if (this.isOn) {
      this.wait();
    }
  }
}
