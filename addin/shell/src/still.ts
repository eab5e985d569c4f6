// Keeps the page where it is while a card changes, and lays out what is out of sight once somebody may scroll there.

/** Whoever stays so long at a card may scroll it: then it is laid out whole. */
const settleMs = 700;

const card = document.getElementById('card')!;
let settling: ReturnType<typeof setTimeout> | undefined;
/** Asking the page itself would lay it out, just when a card is about to be put into it. */
let isScrolled = false;

export function start(): void {
  addEventListener('scroll', () => {
    isScrolled = true;
    settle();
  }, { passive: true });
}

/** Somebody goes from one card to the next: what is out of sight is not laid out until they stay. */
export function pass(): void {
  settle();
  settling = setTimeout(settle, settleMs);
  card.classList.add('passing');
}

/** From now on what is out of sight is laid out too: its real heights are there before anything is held still by them. */
function settle(): void {
  clearTimeout(settling);
  card.classList.remove('passing');
}

export function toTop(): void {
  if (isScrolled) {
    scrollTo(0, 0);
    isScrolled = false;
  }
}

/** What a person is at stays where it is on the screen; otherwise the topmost thing in sight does. */
export function holdStill<T>(change: () => T): T {
  const focused = card.contains(document.activeElement) ? [document.activeElement!] : [];
  const things = [...card.querySelectorAll('[aria-expanded=true]'), ...focused, ...card.querySelectorAll('.card > *, .lines > li')]
    .map((thing) => ({ thing, box: thing.getBoundingClientRect() }))
    .filter(({ box }) => box.bottom > 0 && box.top < innerHeight);
  const result = change();
  const still = things.find(({ thing }) => thing.isConnected);
  if (still && isScrolled) {
    scrollBy(0, still.thing.getBoundingClientRect().top - still.box.top);
  }

  return result;
}
