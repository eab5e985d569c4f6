// The small Outlook's page. Switches in its address, for tests and for trying things:
//   user=ADDRESS                 whose mailbox
//   item=none|ID|from:ADDRESS|meeting    what is selected at first: nothing, a message, the newest mail from somebody, the next meeting with a customer
//   event=ID                     a meeting is: where the calendar's links lead
//   open=yes|no                  the task pane at start (yes unless the window is narrow)
//   pin=yes|no                   pinned at start
//   bridge=on|late|off|silent    nested app authentication: there, brought by office.js, not there, there but never answering
//   signedin=no                  nobody is signed in to the issuer at start
//   permission=ReadItem          as the manifest grants: Restricted, ReadItem, ReadWriteItem, ReadWriteMailbox
//   requirements=Mailbox:1.8,…   the requirement sets that Outlook claims
//   locale=de-DE                 Outlook's language;  theme=dark
//   pane=same|other              which port serves the pane: ours, or another origin of the same hostname
//   page=PATH                    another add-in page than the product's, such as /sandbox/pane/empty.html

import { AddinMailbox } from './addin-mailbox.js';
import { Calendar } from './calendar.js';
import { Commands, choose } from './commands.js';
import { Composer } from './composer.js';
import { byId, element } from './elements.js';
import { Graph } from './graph.js';
import { MessageList } from './messages.js';
import { NaaBroker } from './naa-broker.js';
import { OfficeHost } from './office-host.js';
import { KnownPeople } from './people-field.js';
import { Planner } from './planner.js';
import { Pretend } from './pretend.js';
import { ReadingPane } from './reading.js';
import { Reminders } from './reminders.js';
import { TaskList } from './tasks.js';

const switches = new URLSearchParams(location.search);
const firm = await (await fetch('/sandbox/firm')).json();
const locale = switches.get('locale') ?? 'en-GB';
const bridge = switches.get('bridge') ?? 'on';
const LOOK_MS = 2_000; // how often the mailbox is looked at for what came and went

// What the library and this host can both do; the library is older than the newest sets.
const requirements = switches.has('requirements')
  ? Object.fromEntries(switches.get('requirements').split(',').map((set) => set.split(':')))
  : { Mailbox: '1.12', IdentityAPI: '1.3', DialogApi: '1.2', ...(bridge !== 'off' && { NestedAppAuth: '1.1' }) };

// office.js of Outlook on the web knows these four names; colours as numbers.
const THEMES = {
  light: { bodyBackgroundColor: 0xffffff, bodyForegroundColor: 0x242424, controlBackgroundColor: 0xffffff, controlForegroundColor: 0x424242 },
  dark: { bodyBackgroundColor: 0x1f1f1f, bodyForegroundColor: 0xffffff, controlBackgroundColor: 0x292929, controlForegroundColor: 0xd6d6d6 },
};

const pretend = new Pretend({
  box: byId('pretend'), locale, say, page: {
    me: () => colleague, selected: () => selected, look: () => look(),
    clockMoved: async () => {
      await (!byId('calendar').hidden ? calendar.draw() : !byId('tasks').hidden ? tasks.refresh() : list.refresh());
      await reminders.refresh();
    },
  },
});
const now = () => pretend.now();
let theme = switches.get('theme') ?? localStorage.getItem('theme') ?? 'light';
let colleague, graph, list, calendar, tasks, reminders, reading, mailbox, composer, planner, folders = [], folder = null, special = {}, listed = {}, host = null, broker = null;
let selected = null, selectedAt = 0;
let pinned = switches.get('pin') === 'yes' || (switches.get('pin') !== 'no' && localStorage.getItem('pinned') === 'yes');

let sayNothing = 0;
function say(text) {
  byId('status').textContent = text;
  clearTimeout(sayNothing);
  sayNothing = setTimeout(() => { byId('status').textContent = ''; }, 12_000);
}

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
  broker.frame = host.frame;
  broker.requests.length = 0;
  host.start();
}

function closePane() {
  host?.stop();
  host = null;
  if (broker) broker.frame = null;
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
  setTimeout(async () => {
    await turnAway();
    render();
  });
}

/** The pane is about what is being written, and else about what is selected. */
function tellPane() {
  const form = [composer, planner].find((one) => one.isOpen);
  if (form) mailbox.write(form.item); else mailbox.select(selected);
  host?.itemChanged();
}

/** What is being written stays in Drafts; a meeting that is being planned is not planned. */
async function turnAway() {
  if (planner.isOpen) {
    planner.close();
    tellPane();
  }
  await composer.keep().catch((error) => say(error.message));
}

function render() {
  commands.draw();
  pretend.selectionChanged();
  if (composer.isOpen || planner.isOpen) return;
  const extras = { notifications: selected ? mailbox.notifications() : [], categories: selected ? mailbox.categories() : [] };
  if (!selected) reading.clear();
  else if (selected.iCalUId) reading.showEvent(selected, { ...extras, answers: selected.isOrganizer || selected.isCancelled ? null : answersTo(selected) });
  else if (selected.isDraft) composer.open(selected).catch((error) => say(error.message));
  else reading.showMessage(selected, { ...extras, invitation });
}

// ---- what can be done ----

const isMail = (item) => item !== null && !item.iCalUId;
const isRead = (item) => isMail(item) && !item.isDraft;
const isIn = (name) => folder?.id === special[name];
const isOurs = (item) => item?.iCalUId && item.isOrganizer;

const commands = new Commands({
  box: byId('commands'), item: () => selected, say,
  all: [
    { id: 'reply', label: 'Reply', icon: 'reply', key: 'R', when: isRead, run: (item) => answer(item, 'createReply') },
    { id: 'reply-all', label: 'Reply all', icon: 'reply-all', key: 'Shift+R', when: isRead, run: (item) => answer(item, 'createReplyAll') },
    { id: 'forward', label: 'Forward', icon: 'forward', key: 'Shift+F', when: isRead, run: (item) => answer(item, 'createForward') },
    { id: 'archive', label: 'Archive', icon: 'archive', key: 'E', short: true, when: (item) => isRead(item) && !isIn('archive'), run: (item) => move(item, 'archive', 'Archived.') },
    { id: 'delete', label: 'Delete', icon: 'delete', key: 'Delete', short: true, when: isMail, run: remove },
    { id: 'junk', label: 'Junk', icon: 'junk', key: 'J', short: true, when: (item) => isRead(item) && !isIn('junkemail'), run: (item) => move(item, 'junkemail', 'Moved to Junk Email.') },
    { id: 'not-junk', label: 'Not junk', icon: 'junk', key: 'J', short: true, when: (item) => isRead(item) && isIn('junkemail'), run: (item) => move(item, 'inbox', 'Moved to the Inbox.') },
    { id: 'move', label: 'Move to', icon: 'move', key: 'V', short: true, when: isRead, run: (item) => choose(
      document.querySelector('[data-command=move]'), 'Move to', folders.filter(({ id }) => id !== item.parentFolderId).map(({ displayName: name, id: value }) => ({ name, value })),
      (id) => commands.run({ run: () => move(item, id, `Moved to ${folders.find((one) => one.id === id).displayName}.`) })) },
    { id: 'unread', label: 'Mark unread', icon: 'unread', key: 'U', short: true, when: isRead, run: markUnread },
    { id: 'private', label: 'Private', icon: 'lock', short: true, when: isRead, run: togglePrivate },
    { id: 'change', label: 'Change', icon: 'write', when: isOurs, run: (item) => planner.change(item) },
    { id: 'cancel', label: 'Cancel meeting', icon: 'delete', key: 'Delete', when: (item) => isOurs(item) && item.attendees.length > 0, run: callOff },
    { id: 'remove', label: 'Delete', icon: 'delete', key: 'Delete', when: (item) => item?.iCalUId && !(isOurs(item) && item.attendees.length > 0), run: removeEvent },
  ],
});

async function answer(item, kind, text = '') {
  await composer.keep();
  await composer.answer(item, kind, text);
}

async function move(item, destination, done) {
  await graph.move(item.id, destination);
  await look();
  say(done);
}

async function remove(item) {
  await graph.remove(item.id);
  say('Deleted.');
  await look();
}

async function markUnread(item) {
  await graph.change(item.id, { isRead: false });
  list.markUnread();
  await look();
}

async function togglePrivate(item) {
  const isPrivate = item.categories?.includes('Private');
  item.categories = isPrivate ? item.categories.filter((name) => name !== 'Private') : [...item.categories ?? [], 'Private'];
  await graph.change(item.id, { categories: item.categories });
  say(isPrivate ? 'No longer in the category Private.' : 'In the category Private.');
  render();
}

async function callOff(item) {
  await graph.cancel(item.id, '');
  say('The meeting is cancelled; everybody invited is told.');
  await look();
}

async function removeEvent(item) {
  await graph.removeEvent(item.id);
  say('Deleted.');
  await look();
}

/** Accept, tentative, decline. */
function answersTo(event, ...before) {
  const given = event.responseStatus?.response;
  return element('div', { className: 'answers', role: 'group', ariaLabel: 'Your answer' }, ...before, ...[
    ['accept', 'accepted', 'Accept'], ['tentativelyAccept', 'tentativelyAccepted', 'Tentative'], ['decline', 'declined', 'Decline'],
  ].map(([call, word, label]) => {
    const button = element('button', { textContent: label, 'aria-pressed': String(given === word) });
    button.addEventListener('click', () => commands.run({
      run: async () => {
        await graph.respond(event.id, call, '');
        say(`${label === 'Tentative' ? 'Tentatively accepted' : label === 'Accept' ? 'Accepted' : 'Declined'}; whoever invited is told.`);
        await look();
      },
    }));
    return button;
  }));
}

async function invitation(message) {
  const event = await graph.invitedTo(message.id);
  return event && !event.isOrganizer ? answersTo(event, element('span', { className: 'when', textContent: reading.whenOf(event) })) : null;
}

async function writeMail(fields = {}) {
  await turnAway();
  composer.write(fields);
}

async function plan(day = null, people = []) {
  await turnAway();
  if (byId('calendar').hidden) await showCalendar();
  planner.plan(day ?? calendar.day, people);
}

// ---- mail and calendar ----

function drawFolders() {
  const focused = byId('folders').contains(document.activeElement) ? document.activeElement.dataset.folder : null;
  byId('folders').replaceChildren(...folders.map((one) => {
    const button = element('button', {
      'data-folder': one.displayName, ...(one.id === folder?.id && { 'aria-current': 'true' }),
    }, element('span', { textContent: one.displayName }), one.unreadItemCount > 0 && element('b', { textContent: one.unreadItemCount, ariaLabel: `${one.unreadItemCount} unread` }));
    button.addEventListener('click', () => openFolder(one));
    return button;
  }));
  if (focused) [...byId('folders').children].find((button) => button.dataset.folder === focused)?.focus();
}

async function openFolder(wanted) {
  showMail();
  folder = wanted;
  listed = await readFolders(); // before the list: what comes between the two is looked at again
  await list.open(wanted.id);
  if (folder !== wanted) return; // another one meanwhile
  byId('folder-name').textContent = wanted.displayName;
  if (selected) select(null);
}

/** How many mails, and unread ones, the open folder has. */
async function readFolders() {
  folders = await graph.folders();
  drawFolders();
  const { totalItemCount: total, unreadItemCount: unread } = folders.find(({ id }) => id === folder.id) ?? {};
  return { total, unread };
}

let looking = null;

/** Takes in what came and went: after what one did oneself at once, else every few seconds. */
async function look() {
  await looking;
  if (!folder) return; // at the very start
  const of = graph;
  looking = (async () => {
    const there = await readFolders();
    if (of !== graph) return; // another mailbox meanwhile
    if (!byId('tasks').hidden) {
      await tasks.refresh();
      return;
    }
    if (!byId('mail-list').hidden) {
      if (there.total !== listed.total || there.unread !== listed.unread) {
        listed = there;
        if (!await list.refresh()) listed = {};
      }
      return;
    }
    const event = await calendar.refresh();
    if (event === undefined || of !== graph || !selected?.iCalUId) return;
    if (event === null) {
      calendar.clearSelection();
      select(null);
    } else {
      selected = event;
      if (!planner.isOpen) mailbox.select(event);
      render();
    }
  })().catch((error) => say(error.message)).finally(() => { looking = null; });
  await looking;
}

async function selectMessage(message) {
  select(message);
  if (message && !message.isRead) {
    await graph.change(message.id, { isRead: true });
    listed.unread--;
    await readFolders();
  }
}

/** @param {'mail'|'calendar'|'tasks'} module */
function show(module) {
  byId('mail-list').hidden = module !== 'mail';
  byId('calendar').hidden = module !== 'calendar';
  byId('tasks').hidden = module !== 'tasks';
  byId('columns').classList.toggle('with-calendar', module !== 'mail');
  for (const one of ['mail', 'calendar', 'tasks']) byId(`show-${one}`).setAttribute('aria-pressed', String(one === module));
  byId('new-mail').hidden = module !== 'mail';
  byId('new-event').hidden = module !== 'calendar';
}

function showMail() { show('mail'); }

async function showCalendar() {
  show('calendar');
  await calendar.draw();
}

async function showTasks() {
  show('tasks');
  await tasks.refresh();
}

/** To the same time of another day, as dragging does. */
async function moveEvent(event, day) {
  const at = (time) => {
    const moment = new Date(`${time.dateTime}Z`);
    return { dateTime: wallClock(new Date(day.getFullYear(), day.getMonth(), day.getDate(), moment.getHours(), moment.getMinutes())), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  };
  try {
    const start = at(event.start), length = new Date(`${event.end.dateTime}Z`) - new Date(`${event.start.dateTime}Z`);
    await graph.changeEvent(event.id, { start, end: { ...start, dateTime: wallClock(new Date(new Date(start.dateTime).getTime() + length)) } });
    say('Moved.');
    await look();
  } catch (error) {
    say(error.message);
  }
}

const two = (number) => String(number).padStart(2, '0');
const wallClock = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:00`;

/** A link in a reminder leads to a mail or meeting of ours, or out of Outlook. */
async function followLink(link) {
  const { origin, searchParams } = new URL(link, location.href);
  if (origin === location.origin && searchParams.has('item')) await open(searchParams.get('item'));
  else if (origin === location.origin && searchParams.has('event')) await openEvent(await graph.event(searchParams.get('event')));
  else window.open(link, '_blank', 'noopener');
}

async function openEvent(event) {
  await showCalendar();
  await calendar.show(event);
  select(event);
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
    await openEvent(event);
    return;
  }
  const message = what.startsWith('from:')
    ? await graph.find(`from/emailAddress/address eq '${what.slice(5).replaceAll("'", "''")}'`)
    : await graph.message(what);
  if (!message) {
    say(`There is no mail ${what}.`);
    return;
  }
  if (message.parentFolderId !== folder?.id) await openFolder(await graph.folder(message.parentFolderId));
  showMail();
  await list.select(message);
}

// ---- who, and how it looks ----

async function setSession(id) {
  await fetch('/sandbox/session', id === null
    ? { method: 'DELETE' }
    : { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ colleague: id }) });
  const signedIn = id !== null;
  if (signedIn) broker?.signIn();
  else broker?.signOut();
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
  reminders?.dispose();
  selected = null;
  folder = null;
  folders = [];
  broker?.stop();
  broker = new NaaBroker({
    issuer: firm.issuer, tenantId: firm.tenantId, clientId: firm.clientId, loginHint: person.address, silent: bridge === 'silent',
  });
  if (bridge !== 'off') broker.start();
  graph = new Graph(person.id);
  const [me, archive, junkemail] = await Promise.all([graph.me(), graph.folder('archive'), graph.folder('junkemail')]);
  special = { archive: archive.id, junkemail: junkemail.id };
  const box = byId('reading'), known = new KnownPeople({ graph, colleagues: firm.colleagues });
  mailbox = new AddinMailbox({
    graph, me,
    page: {
      closePane, openItem: open, changed: () => { if (selected) render(); }, write: writeMail, plan,
      answer: (kind, text) => { if (isRead(selected)) answer(selected, kind, text); },
    },
  });
  reading = new ReadingPane({ box, graph, locale });
  const onPeople = (field) => host?.recipientsChanged(field);
  composer = new Composer({ box, graph, known, say, onOpen: tellPane, onPeople, onDone: done });
  planner = new Planner({ box, graph, known, say, now, onOpen: tellPane, onPeople, onDone: (event) => planned(event) });
  list = new MessageList({ box: byId('messages'), graph, own: person.address, locale, now, onSelect: selectMessage });
  calendar = new Calendar({ box: byId('week'), graph, locale, now, onSelect: select, onMove: moveEvent });
  tasks = new TaskList({ box: byId('task-list'), graph, locale, now, say, open: followLink });
  reminders = new Reminders({
    box: byId('reminders'), graph, locale, now, say, page: {
      open: followLink, changed: () => look(),
      openEvent: async (id) => {
        const event = await graph.event(id);
        await showCalendar();
        await calendar.show(event);
        select(event);
      },
      openTask: async (id) => {
        await showTasks();
        tasks.focus(id);
      },
    },
  });
  pretend.use({ known });
  reading.clear();
  await openFolder(await graph.folder('inbox'));
}

/** A mail is no longer being written. */
function done(draft) {
  tellPane();
  if (draft && draft === selected?.id) list.clearSelection(); else render();
  look();
}

async function planned(event) {
  if (event) {
    await calendar.show(event);
    select(event);
  } else {
    tellPane();
    render();
  }
}

function setTheme(value) {
  theme = value;
  localStorage.setItem('theme', value);
  document.documentElement.dataset.theme = value;
  byId('theme').textContent = value === 'dark' ? 'Light' : 'Dark';
  host?.themeChanged(THEMES[value]);
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
  if (list.selectedIndex < 0) await list.selectAt(0);
});
byId('sign-out').addEventListener('click', () => setSession(byId('sign-out').dataset.signedIn === 'yes' ? null : colleague.id));
byId('theme').addEventListener('click', () => setTheme(theme === 'dark' ? 'light' : 'dark'));
byId('open-pane').addEventListener('click', () => host ? closePane() : openPane());
byId('close-pane').addEventListener('click', closePane);
byId('pin').addEventListener('click', () => setPinned(!pinned));
byId('show-mail').addEventListener('click', showMail);
byId('show-calendar').addEventListener('click', showCalendar);
byId('show-tasks').addEventListener('click', showTasks);
byId('new-task').addEventListener('submit', (event) => {
  event.preventDefault();
  const title = byId('new-task-title').value;
  byId('new-task').reset();
  graph.addTask(title).then(() => tasks.refresh()).catch((error) => say(error.message));
});
byId('show-pretend').addEventListener('click', () => byId('show-pretend').setAttribute('aria-expanded', String(pretend.toggle())));
byId('new-mail').addEventListener('click', () => writeMail());
byId('new-event').addEventListener('click', () => plan());
document.addEventListener('keydown', (event) => {
  const isTyped = event.target.closest('input, textarea, select');
  if (event.key === 'Escape' && byId('pretend').contains(event.target)) {
    byId('show-pretend').click();
    byId('show-pretend').focus();
  } else if (event.key === 'Escape' && (composer.isOpen || planner.isOpen) && !event.defaultPrevented) {
    turnAway().then(render);
  } else if (event.key.toUpperCase() === 'N' && !isTyped && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    if (byId('calendar').hidden) writeMail(); else plan();
  }
});
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

await pretend.start();
setTheme(theme);
setPinned(pinned);
setPaneWidth(Number(localStorage.getItem('pane-width')) || 320);
const wanted = switches.get('user') ?? firm.colleagues.find((one) => one.id === firm.signedIn)?.address ?? localStorage.getItem('user');
const person = firm.colleagues.find((one) => one.address === wanted) ?? firm.colleagues[0];
await setSession(switches.get('signedin') === 'no' ? null : person.id);
await openMailbox(person);
if (switches.has('event')) await openEvent(await graph.event(switches.get('event')));
else if (switches.has('item')) await open(switches.get('item'));
else await list.selectAt(0);
setInterval(() => {
  if (document.hidden || looking !== null) return;
  look();
  reminders.refresh().catch((error) => say(error.message));
}, LOOK_MS);
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
