import * as card from './card.ts';
import * as forms from './forms.ts';
import { browserStore, Kept } from './keep.ts';
import * as outlook from './outlook/outlook.ts';
import * as requests from './requests.ts';
import * as search from './search.ts';
import { SignIn } from './signIn.ts';
import { follow as followTheme } from './theme.ts';

const maxCards = 50;
const maxDrafts = 100;

await outlook.ready();

const user = outlook.user();
const store = browserStore('localStorage');
const lastUser = store.getItem('crm.user');
if (lastUser !== null && lastUser !== user) {
  // Another mailbox: its cards are nobody else's. Drafts stay, each with its user.
  new Kept<card.KnownCard>(store, `crm.card.${lastUser}.`, maxCards).clear();
}

store.setItem('crm.user', user);
const cards = new Kept<card.KnownCard>(store, `crm.card.${user}.`, maxCards);

followTheme();
requests.start(new SignIn(user, () => card.retry.now()));
requests.whenSignedOut((lasting) => lasting && cards.clear());
forms.start(new Kept<forms.Draft>(store, `crm.draft.${user}.`, maxDrafts));
search.start();
card.start(cards);
outlook.onSelection(card.follow);
card.follow();
