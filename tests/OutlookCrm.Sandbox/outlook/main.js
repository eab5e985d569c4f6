// The small Outlook's page. Switches in its address, for tests and for trying things:
//   user=ADDRESS                 whose mailbox
//   item=none|ID|from:ADDRESS|meeting    what is selected at first: nothing, a message, the newest mail from somebody, the next meeting with a customer
//   open=yes|no                  the task pane at start (yes unless the window is narrow)
//   pin=yes|no                   pinned at start
//   bridge=on|off|silent         nested app authentication: there, not there, there but never answering
//   signedin=no                  nobody is signed in to the issuer at start
//   permission=ReadItem          as the manifest grants: Restricted, ReadItem, ReadWriteItem, ReadWriteMailbox
//   requirements=Mailbox:1.8,…   the requirement sets that Outlook claims
//   locale=de-DE                 Outlook's language;  theme=dark
//   pane=same|other              which port serves the pane: ours, or another origin of the same hostname
//   page=PATH                    another add-in page than the product's, such as /sandbox/pane/empty.html

import { AddinMailbox } from './addin-mailbox.js';
import { Calendar } from './calendar.js';
import { byId, element } from './elements.js';
import { Graph } from './graph.js';
import { MessageList } from './messages.js';
import { NaaBroker } from './naa-broker.js';
import { OfficeHost } from './office-host.js';
import { ReadingPane } from './reading.js';

const switches = new URLSearchParams(location.search);
const firm = await (await fetch('/sandbox/firm')).json();
const locale = switches.get('locale') ?? 'en-GB';
const bridge = switches.get('bridge') ?? 'on';
const now = () => new Date();

// What the library and this host can both do; the library is older than the newest sets.
const requirements = switches.has('requirements')
  ? Object.fromEntries(switches.get('requirements').split(',').map((set) => set.split(':')))
  : { Mailbox: '1.12', IdentityAPI: '1.3', DialogApi: '1.2', ...(bridge !== 'off' && { NestedAppAuth: '1.1' }) };

// office.js of Outlook on the web knows these four names; colours as numbers.
const THEMES = {
  light: { bodyBackgroundColor: 0xffffff, bodyForegroundColor: 0x242424, controlBackgroundColor: 0xffffff, controlForegroundColor: 0x424242 },
  dark: { bodyBackgroundColor: 0x1f1f1f, bodyForegroundColor: 0xffffff, controlBackgroundColor: 0x292929, controlForegroundColor: 0xd6d6d6 },
};

let theme = switches.get('theme') ?? localStorage.getItem('theme') ?? 'light';
let colleague, graph, list, calendar, reading, mailbox, host = null, broker = null;
let selected = null, selectedAt = 0;
let pinned = switches.get('pin') === 'yes' || (switches.get('pin') !== 'no' && localStorage.getItem('pinned') === 'yes');

function say(text) { byId('status').textContent = text; }

// ---- the task pane ----

function openPane() {
  if (host) return;
  byId('pane').hidden = byId('handle').hidden = false;
  byId('open-pane').setAttribute('aria-expanded', 'true');
  const origin = switches.get('pane') === 'other' ? firm.pane : location.origin;
  host = new OfficeHost({
    container: byId('pane-frame'), paneUrl: `${origin}${switches.get('page') ?? '/api/pane/taskpane.html'}`, mailbox, locale, requirements,
    permission: switches.get('permission') ?? 'ReadItem', extra: { bridge },
  });
  broker = new NaaBroker({ frame: host.frame, issuer: firm.issuer, tenantId: firm.tenantId, loginHint: () => colleague.address, silent: bridge === 'silent' });
  if (bridge !== 'off') broker.start();
  host.start();
}

function closePane() {
  host?.stop();
  broker?.stop();
  host = broker = null;
  byId('pane').hidden = byId('handle').hidden = true;
  byId('open-pane').setAttribute('aria-expanded', 'false');
}

function setPinned(value) {
  pinned = value;
  localStorage.setItem('pinned', value ? 'yes' : 'no');
  byId('pin').setAttribute('aria-pressed', String(value));
}

// Outlook closes an unpinned pane when the selection moves; a pinned one is told.
function select(item) {
  const before = selected;
  selected = item;
  selectedAt = performance.now();
  mailbox.select(item);
  if (host && !pinned && before !== null) closePane();
  host?.itemChanged();

  // In the real Outlook the pane is a process of its own, which need not wait until the mail is drawn.
  setTimeout(render);
}

function render() {
  const extras = { notifications: selected ? mailbox.notifications() : [], categories: selected ? mailbox.categories() : [] };
  if (!selected) reading.clear();
  else if (selected.iCalUId) reading.showEvent(selected, extras);
  else reading.showMessage(selected, extras);
}

// ---- mail and calendar ----

async function drawFolders(current) {
  const folders = await graph.folders();
  byId('folders').replaceChildren(...folders.map((folder) => {
    const button = element('button', {
      'data-folder': folder.displayName, ...(folder.id === current && { 'aria-current': 'true' }),
    }, element('span', { textContent: folder.displayName }), folder.unreadItemCount > 0 && element('b', { textContent: folder.unreadItemCount, ariaLabel: `${folder.unreadItemCount} unread` }));
    button.addEventListener('click', () => openFolder(folder));
    return button;
  }));
}

async function openFolder(folder) {
  showMail();
  byId('folder-name').textContent = folder.displayName;
  await list.open(folder.id);
  await drawFolders(folder.id);
  if (selected) select(null);
}

async function selectMessage(message) {
  select(message);
  if (message && !message.isRead) {
    await graph.markRead(message.id);
    await drawFolders(message.parentFolderId);
  }
}

function showMail() {
  byId('mail-list').hidden = false;
  byId('calendar').hidden = true;
  byId('columns').classList.remove('with-calendar');
  byId('show-mail').setAttribute('aria-pressed', 'true');
  byId('show-calendar').setAttribute('aria-pressed', 'false');
}

async function showCalendar() {
  byId('mail-list').hidden = true;
  byId('calendar').hidden = false;
  byId('columns').classList.add('with-calendar');
  byId('show-mail').setAttribute('aria-pressed', 'false');
  byId('show-calendar').setAttribute('aria-pressed', 'true');
  await calendar.draw();
}

/** Selects by the syntax of the switch `item`. */
async function open(what) {
  if (what === 'none') {
    list.clearSelection();
    return;
  }
  if (what === 'meeting') {
    const ahead = await graph.events(now(), new Date(now().getTime() + 28 * 86400e3));
    const ours = new Set(firm.colleagues.map((one) => one.address));
    const event = ahead.find((one) => one.attendees.some((attendee) => !ours.has(attendee.emailAddress.address))) ?? ahead[0];
    if (!event) {
      say('There is no meeting ahead.');
      return;
    }
    await showCalendar();
    await calendar.show(event);
    select(event);
    return;
  }
  const message = what.startsWith('from:')
    ? await graph.find(`from/emailAddress/address eq '${what.slice(5).replaceAll("'", "''")}'`)
    : await graph.message(what);
  if (!message) {
    say(`There is no mail ${what}.`);
    return;
  }
  const folder = await graph.folder(message.parentFolderId);
  if (byId('folder-name').textContent !== folder.displayName) await openFolder(folder);
  showMail();
  await list.selectAt(await graph.positionOf(message));
}

// ---- who, and how it looks ----

async function setSession(id) {
  await fetch('/sandbox/session', id === null
    ? { method: 'DELETE' }
    : { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ colleague: id }) });
  const signedIn = id !== null;
  byId('sign-out').textContent = signedIn ? 'Sign out' : 'Sign in';
  byId('sign-out').dataset.signedIn = signedIn ? 'yes' : 'no';
}

async function openMailbox(person) {
  colleague = person;
  localStorage.setItem('user', person.address);
  byId('user').value = person.id;
  closePane();
  list?.dispose();
  calendar?.dispose();
  selected = null;
  graph = new Graph(person.id);
  const me = await graph.me();
  mailbox = new AddinMailbox({
    graph, me,
    page: { closePane, openItem: open, changed: () => { if (selected) render(); }, compose },
  });
  reading = new ReadingPane({ box: byId('reading'), graph, locale });
  list = new MessageList({ box: byId('messages'), graph, locale, now, onSelect: selectMessage });
  calendar = new Calendar({ box: byId('week'), graph, locale, now, onSelect: select });
  reading.clear();
  await openFolder(await graph.folder('inbox'));
}

function setTheme(value) {
  theme = value;
  localStorage.setItem('theme', value);
  document.documentElement.dataset.theme = value;
  byId('theme').textContent = value === 'dark' ? 'Light' : 'Dark';
  host?.themeChanged(THEMES[value]);
}

function compose(title, fields) {
  byId('compose-title').textContent = title;
  byId('compose-fields').replaceChildren(...Object.entries(fields).filter(([, value]) => value)
    .flatMap(([label, value]) => [element('dt', { textContent: label }), element('dd', { textContent: value })]));
  byId('compose').showModal();
}

function setPaneWidth(pixels) {
  const width = Math.round(Math.min(Math.max(pixels, 240), innerWidth - 200));
  document.documentElement.style.setProperty('--pane-width', `${width}px`);
  byId('handle').setAttribute('aria-valuenow', width);
  localStorage.setItem('pane-width', width);
}

// ---- start ----

byId('user').append(...firm.colleagues.map((person) => element('option', { value: person.id, textContent: `${person.name} (${person.role})` })));
byId('user').addEventListener('change', async () => {
  const person = firm.colleagues.find((one) => one.id === byId('user').value);
  await setSession(person.id);
  await openMailbox(person);
  await list.selectAt(0);
});
byId('sign-out').addEventListener('click', () => setSession(byId('sign-out').dataset.signedIn === 'yes' ? null : colleague.id));
byId('theme').addEventListener('click', () => setTheme(theme === 'dark' ? 'light' : 'dark'));
byId('open-pane').addEventListener('click', () => host ? closePane() : openPane());
byId('close-pane').addEventListener('click', closePane);
byId('pin').addEventListener('click', () => setPinned(!pinned));
byId('show-mail').addEventListener('click', showMail);
byId('show-calendar').addEventListener('click', showCalendar);
byId('handle').addEventListener('pointerdown', (event) => {
  byId('handle').setPointerCapture(event.pointerId);
  byId('columns').classList.add('resizing');
});
byId('handle').addEventListener('pointermove', (event) => {
  if (byId('handle').hasPointerCapture(event.pointerId)) setPaneWidth(innerWidth - event.clientX);
});
byId('handle').addEventListener('pointerup', () => byId('columns').classList.remove('resizing'));
byId('handle').addEventListener('keydown', (event) => {
  const step = { ArrowLeft: 16, ArrowRight: -16 }[event.key];
  if (step) setPaneWidth(byId('pane').offsetWidth + step);
});

setTheme(theme);
setPinned(pinned);
setPaneWidth(Number(localStorage.getItem('pane-width')) || 320);
const wanted = switches.get('user') ?? firm.colleagues.find((one) => one.id === firm.signedIn)?.address ?? localStorage.getItem('user');
const person = firm.colleagues.find((one) => one.address === wanted) ?? firm.colleagues[0];
await setSession(switches.get('signedin') === 'no' ? null : person.id);
await openMailbox(person);
if (switches.has('item')) await open(switches.get('item')); else await list.selectAt(0);
if ((switches.get('open') ?? (innerWidth >= 900 ? 'yes' : 'no')) === 'yes') openPane();
byId('messages').focus({ preventScroll: true });

/** For tests: what the page knows, and selection by the syntax of the switch `item`. */
window.smallOutlook = {
  open, openPane, closePane, setPinned,
  get selected() { return selected; },
  get selectedAt() { return selectedAt; },
  get host() { return host; },
  get bridgeRequests() { return broker?.requests ?? []; },
};
document.documentElement.dataset.ready = 'yes';
