// The only place that knows Office. Everything newer than Mailbox 1.5 is looked for before it is used.

export interface Person {
  address: string;
  name: string;
}

/** The open mail or meeting. */
export interface Item {
  /** Changes whenever another item is open. */
  key: string;
  /** Who wrote or called the meeting, then everyone else, each once, without the user. */
  people: Person[];
  /** True when the first of `people` wrote the text: then its end may hold their signature. */
  hasSignature: boolean;
  /** Empty for a meeting, and where Outlook does not say. */
  messageId: string;
  /** Of a meeting, as Graph has it in this mailbox; empty for a mail, and for a meeting that is not in the calendar yet. */
  meetingId: string;
  subject: string;
  /** It is being written: people come and go. */
  isWritten: boolean;
}

type Recipients = Office.EmailAddressDetails[] | Office.Recipients;
type AnyItem = Partial<Omit<Office.MessageRead & Office.AppointmentRead, 'subject'>> & {
  subject?: string | Office.Subject;
  from?: Office.EmailAddressDetails | Office.From;
  bcc?: Office.Recipients;
  getItemIdAsync?: Office.AppointmentCompose['getItemIdAsync'];
  addHandlerAsync?: (type: Office.EventType, handler: () => void, done: () => void) => void;
};

export async function ready(): Promise<void> {
  await Office.onReady();
}

/** Whose mailbox this is: nobody sees what another user kept on this machine. */
export function user(): string {
  return Office.context.mailbox.userProfile.emailAddress.toLowerCase();
}

export function language(): string {
  return Office.context.displayLanguage || navigator.language;
}

/** Null when nothing is selected. */
export function currentKey(): string | null {
  const item = Office.context.mailbox.item as AnyItem | null | undefined;
  if (!item?.itemType) {
    return null;
  }

  return [item.itemType, isWritten(item), item.itemId, item.internetMessageId, item.conversationId, item.dateTimeCreated?.valueOf()].join('|');
}

/** Whether it is a mail being written or a meeting being planned: those are asked for their people, and have no id. */
function isWritten({ to, requiredAttendees }: AnyItem): boolean {
  return [to, requiredAttendees].some((list) => list !== undefined && !Array.isArray(list));
}

/** The open mail's Message-ID; a meeting has none. */
export function messageId(): string {
  return (Office.context.mailbox.item as AnyItem | null)?.internetMessageId ?? '';
}

/** Read at once for an open mail; what is being written must be asked for its people, its subject and, where it was saved, its id. */
export function currentItem(): Item | Promise<Item> | null {
  const item = Office.context.mailbox.item as AnyItem | null | undefined;
  const key = currentKey();
  if (!item || key === null) {
    return null;
  }

  const senders = [item.from, item.organizer].filter((one) => one !== undefined);
  const lists = [item.to, item.cc, item.bcc, item.requiredAttendees, item.optionalAttendees].filter((one) => one !== undefined) as Recipients[];
  const sender = senders.find((one): one is Office.EmailAddressDetails => 'emailAddress' in one);
  if (lists.every(Array.isArray) && typeof item.subject !== 'object') {
    return itemOf(item, key, sender, lists.flat(), item.itemId, item.subject);
  }

  return Promise.all([readId(item), readSubject(item), ...lists.map(readRecipients)])
    .then(([id, subject, ...read]) => itemOf(item, key, sender, read.flat(), id, subject));
}

/**
 * Calls back when another item is open, and when the people of one that is being written may be others. The event misses some items, so focus,
 * visibility and a slow clock look too; where Outlook does not tell of people either (before Mailbox 1.7), they look for those as well.
 */
export function onSelection(changed: () => void, peopleChanged: () => void): void {
  const tellsOfPeople = Office.context.requirements.isSetSupported('Mailbox', '1.7');
  let last = currentKey();
  const listen = (): void => {
    const item = Office.context.mailbox.item as AnyItem | null | undefined;
    if (tellsOfPeople && item && isWritten(item)) {
      // Once it listens, what was missed until then is looked for.
      item.addHandlerAsync?.(Office.EventType.RecipientsChanged, peopleChanged, peopleChanged);
    }
  };
  const open = (): void => {
    last = currentKey();
    listen();
    changed();
  };
  const look = (): void => {
    const item = Office.context.mailbox.item as AnyItem | null | undefined;
    if (currentKey() !== last) {
      open();
    } else if (!tellsOfPeople && item?.itemType && isWritten(item)) {
      peopleChanged();
    }
  };
  // Two new mails one after the other look alike: there the event is believed.
  const selected = (): void => {
    const item = Office.context.mailbox.item as AnyItem | null | undefined;
    if (item?.itemType && isWritten(item)) {
      open();
    } else {
      look();
    }
  };

  // office.js walks on Tab through a list of its own, which knows no <summary> and ends at a focused heading. The browser's order is right.
  addEventListener('keydown', (event) => event.key === 'Tab' && event.stopImmediatePropagation(), { capture: true });

  // Missing where the pane cannot be pinned.
  Office.context.mailbox.addHandlerAsync?.(Office.EventType.ItemChanged, selected);
  listen();
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', look);
  setInterval(() => document.hidden || look(), 1_500);
}

/** The end of the open mail as plain text, where signatures are; null when Outlook does not give it. */
export function bodyEnd(maxLength: number): Promise<string | null> {
  const body = Office.context.mailbox.item?.body;
  return new Promise((resolve) => {
    if (!body?.getAsync) {
      resolve(null);
      return;
    }

    body.getAsync(Office.CoercionType.Text, (result) => {
      resolve(result.status === Office.AsyncResultStatus.Succeeded ? result.value.slice(-maxLength) : null);
    });
  });
}

/** False when this Outlook cannot: the link then opens as any mailto link. */
export function writeTo(address: string): boolean {
  const { mailbox } = Office.context;
  if (!mailbox.displayNewMessageForm) {
    return false;
  }

  mailbox.displayNewMessageForm({ toRecipients: [address] });
  return true;
}

/** Calls back with Outlook's background colour now and whenever it changes; never where Outlook does not say. */
export function onTheme(changed: (background: string) => void): void {
  const tell = (theme: Office.OfficeTheme | undefined): void => {
    if (theme?.bodyBackgroundColor) {
      changed(theme.bodyBackgroundColor);
    }
  };

  tell(Office.context.officeTheme);
  Office.context.mailbox.addHandlerAsync?.(Office.EventType.OfficeThemeChanged, (event: { officeTheme?: Office.OfficeTheme }) => {
    tell(event.officeTheme);
  });
}

function readRecipients(list: Recipients): Promise<Office.EmailAddressDetails[]> {
  if (Array.isArray(list)) {
    return Promise.resolve(list);
  }

  return new Promise((resolve) => {
    list.getAsync((result) => resolve(result.status === Office.AsyncResultStatus.Succeeded ? result.value : []));
  });
}

/** Whoever calls a meeting has it open for writing; it has an id once it is saved. */
function readId(item: AnyItem): Promise<string> {
  return new Promise((resolve) => {
    if (item.itemType === 'appointment' && Office.context.requirements.isSetSupported('Mailbox', '1.8')) {
      item.getItemIdAsync!((result) => resolve(result.status === Office.AsyncResultStatus.Succeeded ? result.value : ''));
    } else {
      resolve('');
    }
  });
}

function readSubject({ subject }: AnyItem): Promise<string> {
  return new Promise((resolve) => {
    if (typeof subject === 'object') {
      subject.getAsync((result) => resolve(result.status === Office.AsyncResultStatus.Succeeded ? result.value : ''));
    } else {
      resolve(subject ?? '');
    }
  });
}

/** Outlook's own form of an id becomes Graph's; on a phone it has it already. */
function graphId(id: string): string {
  return Office.context.mailbox.convertToRestId?.(id, 'v2.0') ?? id;
}

function itemOf(
  item: AnyItem, key: string, sender: Office.EmailAddressDetails | undefined, others: Office.EmailAddressDetails[], id = '', subject = '',
): Item {
  const me = user();
  const seen = new Set([me]);
  const people: Person[] = [];
  for (const one of sender ? [sender, ...others] : others) {
    const address = one.emailAddress?.trim() ?? '';
    if (address && !seen.has(address.toLowerCase())) {
      seen.add(address.toLowerCase());
      people.push({ address, name: one.displayName === address ? '' : (one.displayName ?? '') });
    }
  }

  return {
    key,
    people,
    hasSignature: sender !== undefined && people[0]?.address === sender.emailAddress.trim(),
    messageId: item.internetMessageId ?? '',
    meetingId: id && item.itemType === 'appointment' ? graphId(id) : '',
    subject,
    isWritten: isWritten(item),
  };
}
