import * as actions from './actions.ts';
import * as card from './card.ts';
import * as drafts from './drafts.ts';
import * as foot from './foot.ts';
import * as forms from './forms.ts';
import * as item from './item.ts';
import { browserStore, Kept } from './keep.ts';
import * as outlook from './outlook/outlook.ts';
import * as press from './press.ts';
import * as requests from './requests.ts';
import * as search from './search.ts';
import { SignIn } from './signIn.ts';
import { follow as followTheme } from './theme.ts';

const maxCards = 50;
const maxDrafts = 100;

/** A card that comes sooner is the first thing that is drawn; otherwise one sees that it is being waited for. */
const blankMs = 250;

const signIn = new SignIn(() => card.retry.now());
signIn.early();
const store = browserStore('localStorage');
const lastUser = store.getItem('crm.user');
setTimeout(card.uncover, blankMs);

// What is clicked on the bare pane is done once it can be.
let clicked: HTMLElement | null = null;
const remember = ({ target }: Event): void => {
  clicked = (target as Element).closest('[data-show]');
};
document.addEventListener('click', remember);
await outlook.ready();
document.removeEventListener('click', remember);

const user = outlook.user();
signIn.belongTo(user);
if (lastUser !== null && lastUser !== user) {
  // Another mailbox: its cards are nobody else's. Drafts stay, each with its user.
  new Kept<card.KnownCard>(store, `crm.card.${lastUser}.`, maxCards).clear();
}

store.setItem('crm.user', user);
press.start();
requests.start(signIn, card.signedOut);
drafts.start(new Kept<drafts.Draft>(store, `crm.draft.${user}.`, maxDrafts));
forms.start();
card.start(new Kept<card.KnownCard>(store, `crm.card.${user}.`, maxCards));
item.start();
const shown = item.follow();

// What can wait until the first question is on its way.
followTheme();
actions.start(signIn);
search.start();
outlook.onSelection(() => void item.follow(), () => void item.followPeople());
(clicked as HTMLElement | null)?.click();
// The first card is waited for; the line at the foot is not.
await shown;
foot.start();
