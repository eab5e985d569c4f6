// What the add-in's calls mean: the selected item in Office's words, and the few things that an add-in may change about it.

const NOTIFICATION_TYPES = ['informationalMessage', 'progressIndicator', 'errorMessage', 'insightMessage'];
const RESPONSES = { none: 0, organizer: 1, tentativelyAccepted: 2, accepted: 3, declined: 4, notResponded: 5 };
const OWN_DOMAIN = 'birnbaum.example';

export class AddinMailbox {
  #item = null;
  #notifications = new Map(); // item id → key → notification
  #categories = new Map();    // item id → names
  #properties = new Map();    // item id → custom properties
  #master = [{ displayName: 'Customer', color: 'Preset4' }, { displayName: 'Follow up', color: 'Preset0' }];

  hostVersion = '16.0.18000.20000';

  /** @param {object} page what of the page an add-in can move: closePane, openItem, write, plan, answer, changed */
  constructor({ graph, me, page }) { Object.assign(this, { graph, me, page }); }

  user() { return { name: this.me.displayName, address: this.me.mail, timeZone: 'W. Europe Standard Time' }; }

  item() { return this.#item; }

  select(source) { this.#item = source && (source.iCalUId ? fromEvent(source) : fromMessage(source)); }

  /**
   * What is being written takes the place of what is selected.
   * @param {{kind: 'message'|'appointment', conversationId: string|null, graphId?: string, people: () => object[][], subject: () => string, text: () => string}} form
   *   people: To, Cc and Bcc, or who must come and who may
   */
  write(form) { this.#item = { ...form, id: form.graphId ? toOfficeId(form.graphId) : null, isWritten: true }; }

  /** @param {number} field 0, 1, 2: To, Cc, Bcc, or who must come and who may */
  recipients(field) {
    return (this.#item.people()[field] ?? []).map((one) => ({ ...one, external: !one.address.toLowerCase().endsWith(`@${OWN_DOMAIN}`) }));
  }

  async bodyHtml() {
    if (this.#item.isWritten) return `<pre>${escapeHtml(this.#item.text())}</pre>`;
    const { body } = await this.#load();
    return body.contentType === 'html' ? body.content : `<pre>${escapeHtml(body.content)}</pre>`;
  }

  async bodyText() {
    if (this.#item.isWritten) return this.#item.text();
    return this.#item.kind === 'appointment' ? (await this.#load()).body.content : this.graph.bodyText(this.#item.graphId);
  }

  async internetHeaders() {
    const { internetMessageHeaders } = await this.#load();
    return (internetMessageHeaders ?? []).map(({ name, value }) => `${name}: ${value}\r\n`).join('');
  }

  #load() { return this.#item.kind === 'appointment' ? this.graph.event(this.#item.graphId) : this.graph.message(this.#item.graphId); }

  // An add-in's settings roam with the mailbox; here they stay in this browser.
  roamingSettings() { return JSON.parse(localStorage.getItem(`roaming:${this.me.id}`) ?? '{}'); }

  saveRoamingSettings(settings) { localStorage.setItem(`roaming:${this.me.id}`, JSON.stringify(settings)); }

  customProperties() { return this.#properties.get(this.#item?.id) ?? {}; }

  saveCustomProperties(properties) { this.#properties.set(this.#item.id, properties); }

  notifications() { return [...this.#ofItem(this.#notifications).values()]; }

  addNotification(params) {
    const kept = this.#ofItem(this.#notifications);
    return !kept.has(params.key) && this.#setNotification(kept, params);
  }

  replaceNotification(params) {
    const kept = this.#ofItem(this.#notifications);
    return kept.has(params.key) && this.#setNotification(kept, params);
  }

  removeNotification(key) {
    const removed = this.#ofItem(this.#notifications).delete(key);
    this.page.changed();
    return removed;
  }

  #setNotification(kept, { key, type, message, icon, persistent }) {
    kept.set(key, { key, type: NOTIFICATION_TYPES[type], message, icon, persistent });
    this.page.changed();
    return true;
  }

  categories() { return this.#master.filter((category) => this.#categories.get(this.#item?.id)?.has(category.displayName)); }

  addCategories(names) {
    if (names.some((name) => !this.#master.some((category) => category.displayName === name))) return false;
    const kept = this.#categories.get(this.#item.id) ?? new Set();
    names.forEach((name) => kept.add(name));
    this.#categories.set(this.#item.id, kept);
    this.page.changed();
    return true;
  }

  removeCategories(names) {
    names.forEach((name) => this.#categories.get(this.#item.id)?.delete(name));
    this.page.changed();
  }

  masterCategories() { return this.#master; }

  closePane() { this.page.closePane(); }

  openItem(id) { this.page.openItem(toGraphId(id)); }

  openNewMessage(params) {
    this.page.write({
      to: people(params.toRecipients), cc: people(params.ccRecipients), subject: params.subject ?? '', text: params.body ?? plain(params.htmlBody),
    });
  }

  openNewAppointment(params) { this.page.plan(params.start ? new Date(params.start) : null, people(params.requiredAttendees)); }

  openReply(all, params) { this.page.answer(all ? 'createReplyAll' : 'createReply', plain(params.htmlBody ?? params.formData?.htmlBody)); }

  #ofItem(map) {
    if (!map.has(this.#item?.id)) map.set(this.#item?.id, new Map());
    return map.get(this.#item?.id);
  }
}

const people = (list) => (Array.isArray(list) ? list : []).map((entry) => (
  { name: entry.displayName ?? entry.name ?? '', address: entry.emailAddress ?? entry.address ?? entry }));
const plain = (html) => new DOMParser().parseFromString(html ?? '', 'text/html').body.textContent;
const escapeHtml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

// Office shows ids in the older form; its convertToRestId turns them into Graph's.
const toOfficeId = (id) => id.replaceAll('-', '/').replaceAll('_', '+');
const toGraphId = (id) => id.replaceAll('/', '-').replaceAll('+', '_');

const person = (recipient) => recipient && {
  name: recipient.emailAddress.name, address: recipient.emailAddress.address,
  external: !recipient.emailAddress.address.toLowerCase().endsWith(`@${OWN_DOMAIN}`),
  ...(recipient.status && { response: RESPONSES[recipient.status.response] ?? 0 }),
};

const withoutPrefix = (subject) => subject.replace(/^((re|aw|fw|fwd|wg)\s*:\s*)+/i, '');

function fromMessage(message) {
  return {
    kind: 'message', id: toOfficeId(message.id), graphId: message.id, itemClass: 'IPM.Note', isRead: message.isRead,
    subject: message.subject, normalizedSubject: withoutPrefix(message.subject),
    from: person(message.from), to: message.toRecipients.map(person), cc: message.ccRecipients.map(person),
    created: Date.parse(message.createdDateTime), modified: Date.parse(message.lastModifiedDateTime), sent: Date.parse(message.sentDateTime),
    conversationId: message.conversationId, internetMessageId: message.internetMessageId,
    attachments: (message.attachments ?? []).map(({ id, name, contentType, size }) => (
      { id, name, contentType, size, attachmentType: 0, isInline: false })),
  };
}

function fromEvent(event) {
  const guests = (type) => event.attendees.filter((attendee) => (attendee.type === 'optional') === (type === 'optional')).map(person);
  return {
    kind: 'appointment', id: toOfficeId(event.id), graphId: event.id, itemClass: 'IPM.Appointment', isRead: true,
    subject: event.subject, normalizedSubject: event.subject,
    from: person(event.organizer), to: guests('required'), cc: guests('optional'),
    created: Date.parse(event.createdDateTime), modified: Date.parse(event.lastModifiedDateTime), sent: null,
    start: Date.parse(`${event.start.dateTime}Z`), end: Date.parse(`${event.end.dateTime}Z`), allDay: event.isAllDay,
    location: event.location.displayName, seriesId: event.seriesMasterId && toOfficeId(event.seriesMasterId), attachments: [],
  };
}
