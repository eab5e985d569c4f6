// The reading pane. A mail is somebody else's markup: it is shown in a frame that may run nothing and load nothing.

import { element, hue, initials } from './elements.js';
import { sensitivityOf } from './graph.js';

const MAIL_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

const INVITATION = '#microsoft.graph.eventMessageRequest';
const SENSITIVITIES = ['normal', 'personal', 'private', 'confidential'];
const RESPONSES = { accepted: ' (accepted)', declined: ' (declined)', tentativelyAccepted: ' (tentative)' };

export class ReadingPane {
  #shown = 0;

  constructor({ box, graph, locale }) { Object.assign(this, { box, graph, locale }); }

  clear() {
    this.#shown++;
    this.box.replaceChildren(element('p', { className: 'empty', textContent: 'Select an item to read.' }));
  }

  /** @param {(message: object) => Promise<HTMLElement|null>} invitation what an invitation can be answered with */
  async showMessage(message, { notifications, categories, invitation }) {
    const shown = ++this.#shown;
    this.#head(message.subject || '(no subject)', message.from, message.receivedDateTime, [
      ['To', message.toRecipients], ['Cc', message.ccRecipients],
    ], notifications, [...categories, ...(message.categories ?? []).map((displayName) => ({ displayName }))]);
    const files = (message.attachments ?? []).map((file) => element('li', { textContent: `${file.name} (${size(file.size)})` }));
    if (files.length > 0) this.box.append(element('ul', { className: 'files', ariaLabel: 'Attachments' }, ...files));
    const answers = element('div');
    this.box.append(answers);
    const full = await this.graph.message(message.id);
    if (shown !== this.#shown) return;
    const sensitivity = sensitivityOf(full);
    if (sensitivity > 0) this.box.prepend(element('p', { className: 'notice', textContent: `The sender marked this as ${SENSITIVITIES[sensitivity]}.` }));
    this.#body(full.body);
    const buttons = message['@odata.type'] === INVITATION ? await invitation(message) : null;
    if (buttons && shown === this.#shown) answers.append(buttons);
  }

  showEvent(event, { notifications, categories, answers }) {
    this.#shown++;
    this.#head(event.subject || '(no subject)', event.organizer, null, [
      ['With', event.attendees.map(({ emailAddress, status }) => (
        { emailAddress: { ...emailAddress, name: `${emailAddress.name || emailAddress.address}${RESPONSES[status?.response] ?? ''}` } }))],
    ], notifications, [...categories, ...(event.categories ?? []).map((displayName) => ({ displayName }))]);
    if (event.sensitivity !== 'normal') this.box.prepend(element('p', { className: 'notice', textContent: 'This is private.' }));
    if (answers) this.box.append(answers);
    this.box.append(element('p', { className: 'when', textContent: this.whenOf(event) }));
    if (event.isCancelled) this.box.append(element('p', { className: 'notice', textContent: 'This meeting was cancelled.' }));
    if (event.location.displayName) this.box.append(element('p', { textContent: event.location.displayName }));
    this.#body(event.body);
  }

  /** In words. */
  whenOf(event) {
    const format = new Intl.DateTimeFormat(this.locale, event.isAllDay ? { dateStyle: 'full', timeZone: 'UTC' } : { dateStyle: 'full', timeStyle: 'short' });
    const end = new Date(Date.parse(`${event.end.dateTime}Z`) - (event.isAllDay ? 86400e3 : 0));
    return format.formatRange(new Date(`${event.start.dateTime}Z`), end);
  }

  #head(subject, from, at, rows, notifications, categories) {
    const who = from?.emailAddress;
    const face = element('span', { className: 'face', 'aria-hidden': 'true', textContent: initials(who?.name || '?') });
    face.style.setProperty('--hue', hue(who?.address ?? ''));
    this.box.replaceChildren(
      ...notifications.map((notification) => element('p', { className: 'notice', textContent: notification.message })),
      element('h2', { textContent: subject }),
      ...categories.map((category) => element('span', { className: 'category', textContent: category.displayName })),
      element('div', { className: 'from' }, face,
        element('div', {},
          element('strong', {}, who?.name ?? '(no sender)', who && who.name !== who.address
            && element('span', { className: 'address', textContent: ` <${who.address}>` })),
          ...rows.filter(([, people]) => people.length > 0).map(([label, people]) => element('div', { className: 'people' },
            `${label}: ${people.map((person) => person.emailAddress.name || person.emailAddress.address).join('; ')}`))),
        at && element('time', { dateTime: at, textContent: new Intl.DateTimeFormat(this.locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at)) })));
  }

  #body({ contentType, content }) {
    const page = contentType === 'html' ? content : `<pre>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>`;
    this.box.append(element('iframe', {
      className: 'mail', title: 'Message', sandbox: '',
      srcdoc: `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${MAIL_POLICY}">`
        + '<style>body{margin:10px;font:11pt/1.45 Calibri,Arial,sans-serif;color:#242424;overflow-wrap:anywhere}'
        + 'pre{font:inherit;white-space:pre-wrap;margin:0}blockquote{margin:0 0 0 4px;padding-left:10px;border-left:2px solid #ccc}img{max-width:100%}</style>'
        + page,
    }));
  }
}

const size = (bytes) => bytes < 1024 ? `${bytes} B` : bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
