// A slow answer must never paint over a newer selection: every request carries the turn in which it was asked.

export class Turns {
  private turn = 0;

  get now(): number {
    return this.turn;
  }

  next(): number {
    return ++this.turn;
  }

  isStale(asked: number | undefined): boolean {
    return asked !== undefined && asked !== this.turn;
  }
}
