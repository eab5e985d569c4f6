// The world outside: lets customers and programs write in, moves the clock, makes Graph fail. All of it goes through the sandbox, not through Graph.

import { element } from './elements.js';
import { PeopleField } from './people-field.js';

const KINDS = [['person', 'a mail'], ['outOfOffice', 'an out-of-office note'], ['bounce', 'a bounce'], ['newsletter', 'a newsletter']];
const STEPS = [['An hour', '01:00:00'], ['A day', '1.00:00:00'], ['A week', '7.00:00:00']];

// What the product gets from Graph; this page is spared.
const FAULTS = [
  ['Nothing', {}],
  ['Graph is slow', { slow: 1, slowBy: '00:00:03' }],
  ['Graph throttles: every third request waits', { refuseEvery: 3, retryAfter: '00:00:05' }],
  ['Graph is down', { refuseEvery: 1, retryAfter: '00:00:10' }],
  ['Answers break off', { torn: 0.3 }],
  ['Changes are told twice, and again', { replays: 0.5, doubles: 0.5, notificationsDoubled: 1 }],
  ['Notifications are lost', { notificationsLost: 1 }],
];
const OWN_DOMAIN = '@birnbaum.example';

export class Pretend {
  /** @param {object} page me: who looks, selected: the selected item, look: take in what came, clockMoved: draw what depends on today */
  constructor({ box, locale, say, page }) { Object.assign(this, { box, locale, say, page }); }

  #aheadMs = 0;

  /** The sandbox's time, which may have been moved. */
  now() { return new Date(Date.now() + this.#aheadMs); }

  async start() { this.#setClock(await (await fetch('/sandbox/clock')).json()); }

  #setClock({ now }) { this.#aheadMs = Date.parse(now) - Date.now(); }

  /** Of another mailbox from now on. */
  use({ known }) {
    this.from = new PeopleField({ label: 'From', known, single: true });
    this.kind = element('select', { id: 'pretend-kind' }, ...KINDS.map(([value, textContent]) => element('option', { value, textContent })));
    this.subject = element('input', { id: 'pretend-subject', type: 'text', autocomplete: 'off' });
    this.text = element('textarea', { id: 'pretend-text', rows: 4 });
    this.answers = element('input', { type: 'checkbox', checked: true });
    this.answersLabel = element('label', {}, this.answers, ' answers the selected mail');
    const field = (label, input) => element('div', { className: 'field' }, element('label', { htmlFor: input.id, textContent: label }), input);
    const mail = this.#form('Somebody writes in', 'Let it come in', () => this.#mail(),
      this.from.box, field('What', this.kind), field('Subject', this.subject), field('Text', this.text), this.answersLabel);
    this.kind.addEventListener('change', () => {
      // Programs say it themselves.
      this.subject.parentElement.hidden = this.text.parentElement.hidden = this.kind.value !== 'person';
    });

    this.topic = element('input', { id: 'pretend-topic', type: 'text', value: 'Visit', autocomplete: 'off' });
    this.at = element('input', { id: 'pretend-at', type: 'datetime-local', value: wallClock(tomorrowAtTen(this.now())), required: true });
    const meeting = this.#form('They invite us', 'Let the invitation come in', () => this.#invite(), field('Subject', this.topic), field('When', this.at));
    this.meetings = element('div', { className: 'answers' });
    this.meetingsForm = element('section', {}, element('h3', { textContent: 'About the selected meeting' }), this.meetings);

    this.clock = element('p', { className: 'clock' });
    const clock = element('section', {}, element('h3', { textContent: 'The clock' }), this.clock, element('div', { className: 'answers' }, ...STEPS.map(([textContent, advance]) => {
      const button = element('button', { textContent: `${textContent} later` });
      button.addEventListener('click', () => this.#do(() => this.#move(advance)));
      return button;
    })));
    this.faults = element('select', { id: 'pretend-faults' }, ...FAULTS.map(([textContent], value) => element('option', { value, textContent })));
    this.faults.addEventListener('change', () => this.#do(async () => {
      const [what, plan] = FAULTS[this.faults.value];
      await this.#ask('/sandbox/faults', plan, 'PUT');
      this.say(what === 'Nothing' ? 'All is well again.' : `${what}.`);
    }));
    const faults = element('section', {}, element('h3', { textContent: 'What goes wrong for the product' }), field('Fault', this.faults));
    this.box.replaceChildren(element('h2', { textContent: 'Pretend' }), mail, meeting, this.meetingsForm, clock, faults);
    this.#tell();
    this.selectionChanged();
  }

  /** Shows or hides the panel; true when it is there. */
  toggle() {
    this.box.hidden = !this.box.hidden;
    if (!this.box.hidden) {
      this.#tell();
      this.selectionChanged();
      this.from.input.focus();
    }
    return !this.box.hidden;
  }

  /** Whoever wrote the selected mail, or got it, is whom one would be. */
  selectionChanged() {
    if (this.box.hidden || !this.from) return;
    const item = this.page.selected();
    this.answersLabel.hidden = !item?.internetMessageId;
    const people = [item?.from, item?.organizer, ...item?.toRecipients ?? [], ...item?.attendees ?? []].filter(Boolean).map(({ emailAddress }) => emailAddress);
    const outside = people.find(isOutside);
    if (outside && !this.box.contains(document.activeElement)) this.from.value = [outside];
    this.#offer(item?.iCalUId ? item : null);
  }

  // Guests from outside answer what we planned; what somebody outside planned they call off.
  #offer(event) {
    const buttons = !event ? []
      : event.isOrganizer ? event.attendees.map(({ emailAddress }) => emailAddress).filter(isOutside).flatMap((from) => [['accepted', 'accepts'], ['declined', 'declines']]
        .map(([response, does]) => [`${from.name} ${does}`, '/sandbox/incoming/meetings/answer', { uid: event.iCalUId, from, response }]))
        : event.organizer && isOutside(event.organizer.emailAddress) && !event.isCancelled
          ? [[`${event.organizer.emailAddress.name} calls it off`, '/sandbox/incoming/meetings/cancel', { uid: event.iCalUId }]] : [];
    this.meetingsForm.hidden = buttons.length === 0;
    this.meetings.replaceChildren(...buttons.map(([textContent, path, body]) => {
      const button = element('button', { textContent });
      button.addEventListener('click', () => this.#do(async () => {
        await this.#ask(path, body);
        this.say('It came in.');
        await this.page.look();
      }));
      return button;
    }));
  }

  async #mail() {
    if (!this.from.check(true)) return;
    const isPerson = this.kind.value === 'person';
    const answered = this.answers.checked ? this.page.selected()?.internetMessageId : null;
    await this.#ask('/sandbox/incoming', {
      from: this.from.value[0], to: [this.page.me().address], kind: this.kind.value,
      ...(isPerson && { text: this.text.value, ...(this.subject.value && { subject: this.subject.value }) }),
      ...(answered && { inReplyTo: answered }),
    });
    this.subject.value = this.text.value = '';
    this.say('It came in.');
    await this.page.look();
  }

  async #invite() {
    if (!this.from.check(true)) return;
    const start = new Date(this.at.value);
    if (Number.isNaN(start.getTime())) throw new Error('When is it?');
    await this.#ask('/sandbox/incoming/meetings', {
      organizer: this.from.value[0], attendees: [this.page.me().address], subject: this.topic.value,
      startAt: start.toISOString(), endAt: new Date(start.getTime() + 3600e3).toISOString(),
    });
    this.say('The invitation came in.');
    await this.page.look();
  }

  async #move(advance) {
    this.#setClock(await this.#ask('/sandbox/clock', { advance }));
    this.#tell();
    await this.page.clockMoved();
  }

  #tell() { this.clock.textContent = `It is ${new Intl.DateTimeFormat(this.locale, { dateStyle: 'full', timeStyle: 'short' }).format(this.now())}.`; }

  async #do(task) {
    try {
      await task();
    } catch (error) {
      this.say(error.message);
    }
  }

  #form(title, button, task, ...fields) {
    const form = element('form', { noValidate: true, 'aria-label': title }, element('h3', { textContent: title }), ...fields,
      element('button', { type: 'submit', textContent: button }));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#do(task);
    });
    return form;
  }

  async #ask(path, body, method = 'POST') {
    const answer = await fetch(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? `The sandbox refused: ${answer.status}.`);
    return answer.status === 204 ? null : answer.json();
  }
}

const isOutside = ({ address }) => !address.toLowerCase().endsWith(OWN_DOMAIN);
const tomorrowAtTen = (now) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 10);
const two = (number) => String(number).padStart(2, '0');
const wallClock = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
