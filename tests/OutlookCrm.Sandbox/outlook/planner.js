// Booking a meeting, changing it, calling it off, and answering somebody else's.

import { endOf, startOf } from './calendar.js';
import { element } from './elements.js';
import { recipient } from './graph.js';
import { PeopleField } from './people-field.js';

const HOUR = 3600e3;

export class Planner {
  #event = null; // that is changed; null for a new one
  #form = null;

  /**
   * @param {() => void} onOpen told when a form has opened
   * @param {(field: 'requiredAttendees') => void} onPeople told when somebody was named, or taken off
   * @param {(event: object|null) => void} onDone told the event as it is then, null when nothing was planned
   */
  constructor({ box, graph, known, say, now, onOpen, onPeople, onDone }) { Object.assign(this, { box, graph, known, say, now, onOpen, onPeople, onDone }); }

  get isOpen() { return this.#form !== null; }

  /** What an add-in may know of it. */
  get item() {
    return {
      kind: 'appointment', conversationId: null, graphId: this.#event?.id, people: () => [this.people.value, []], subject: () => this.subject.value, text: () => this.text.value,
    };
  }

  /** @param {Date} day on which it is planned at first: at the next full hour when that is today, else at nine */
  plan(day, people = []) {
    const start = new Date(day);
    if (day.toDateString() === this.now().toDateString()) start.setHours(this.now().getHours() + 1, 0, 0, 0); else start.setHours(9, 0, 0, 0);
    this.#open(null, { subject: '', people, start, end: new Date(start.getTime() + HOUR), isAllDay: false, location: '', text: '', isPrivate: false });
  }

  change(event) {
    const isAllDay = event.isAllDay;
    this.#open(event, {
      subject: event.subject, people: event.attendees.map(({ emailAddress: { name, address } }) => ({ name: name === address ? '' : name, address })),
      start: startOf(event), end: isAllDay ? addDays(endOf(event), -1) : endOf(event), isAllDay, location: event.location.displayName,
      text: event.body.contentType === 'text' ? event.body.content : event.bodyPreview, isPrivate: event.sensitivity !== 'normal',
    });
  }

  close() {
    this.#form?.remove();
    this.#form = null;
  }

  #open(event, { subject, people, start, end, isAllDay, location, text, isPrivate }) {
    this.close();
    this.#event = event;
    const field = (label, input) => element('div', { className: 'field' }, element('label', { htmlFor: input.id, textContent: label }), input);
    this.subject = element('input', { id: 'event-subject', type: 'text', value: subject, maxLength: 255, autocomplete: 'off' });
    this.people = new PeopleField({ label: 'With', known: this.known, onChange: () => this.onPeople('requiredAttendees') });
    this.people.value = people;
    this.day = element('input', { type: 'date', value: dateOf(start), ariaLabel: 'Day', required: true });
    this.from = element('input', { type: 'time', value: timeOf(start), ariaLabel: 'From', step: 300, required: true });
    this.until = element('input', { type: 'time', value: timeOf(end), ariaLabel: 'Until', step: 300, required: true });
    this.lastDay = element('input', { type: 'date', value: dateOf(end), ariaLabel: 'Last day', required: true });
    this.allDay = element('input', { type: 'checkbox', checked: isAllDay });
    this.location = element('input', { id: 'event-location', type: 'text', value: location, autocomplete: 'off' });
    this.text = element('textarea', { defaultValue: text, ariaLabel: 'Text' });
    this.isPrivate = element('input', { type: 'checkbox', checked: isPrivate });
    this.problem = element('span', { className: 'problem', role: 'alert' });
    const shape = () => {
      this.from.hidden = this.until.hidden = this.allDay.checked;
      this.lastDay.hidden = !this.allDay.checked;
    };
    this.allDay.addEventListener('change', shape);
    shape();

    // An end before the start moves along, as long as it was.
    let length = Math.max(end - start, 0);
    this.from.addEventListener('change', () => {
      const moved = new Date(this.#start().getTime() + length);
      if (this.from.value) this.until.value = timeOf(moved);
    });
    this.until.addEventListener('change', () => { length = Math.max(this.#end() - this.#start(), 0); });
    this.day.addEventListener('change', () => { if (this.lastDay.value < this.day.value) this.lastDay.value = this.day.value; });

    const send = element('button', { type: 'submit', className: 'primary' }, element('span', { className: 'icon send' }), event ? 'Save' : 'Book');
    const drop = element('button', { type: 'button', textContent: 'Cancel' });
    drop.addEventListener('click', () => {
      this.close();
      this.onDone(null);
    });
    this.#form = element('form', { className: 'composer planner', noValidate: true, 'aria-label': event ? 'Change the meeting' : 'New event' },
      element('div', { className: 'composer-head' }, send, drop, element('span', { className: 'space' }), element('label', {}, this.isPrivate, ' Private')),
      field('Subject', this.subject), this.people.box,
      element('div', { className: 'field' }, element('span', { className: 'label', textContent: 'When' }),
        element('div', { className: 'times' }, this.day, this.from, this.until, this.lastDay, element('label', {}, this.allDay, ' All day')), this.problem),
      field('Where', this.location), this.text);
    this.#form.addEventListener('submit', (submitted) => {
      submitted.preventDefault();
      this.#save();
    });
    this.box.replaceChildren(this.#form);
    this.subject.focus();
    this.onOpen();
  }

  #start() { return new Date(`${this.day.value}T${this.allDay.checked ? '00:00' : this.from.value}`); }

  #end() { return this.allDay.checked ? addDays(new Date(`${this.lastDay.value}T00:00`), 1) : new Date(`${this.day.value}T${this.until.value}`); }

  async #save() {
    if (!this.people.check(false)) return;
    const [start, end] = [this.#start(), this.#end()];
    this.problem.textContent = Number.isNaN(start.getTime()) || Number.isNaN(end.getTime()) ? 'When is it?' : end < start ? 'It ends before it begins.' : '';
    if (this.problem.textContent) {
      this.day.focus();
      return;
    }
    const zone = this.allDay.checked ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
    const wall = (at) => ({ dateTime: `${dateOf(at)}T${this.allDay.checked ? '00:00' : timeOf(at)}:00`, timeZone: zone });
    const planned = {
      subject: this.subject.value, start: wall(start), end: wall(end), isAllDay: this.allDay.checked, location: { displayName: this.location.value },
      sensitivity: this.isPrivate.checked ? 'private' : 'normal',
      ...(this.text.value !== this.text.defaultValue && { body: { contentType: 'text', content: this.text.value } }),
      ...(!this.#event?.seriesMasterId && { attendees: this.people.value.map((person) => ({ ...recipient(person), type: 'required' })) }),
    };
    this.#form.inert = true;
    try {
      const kept = this.#event
        ? await this.graph.changeEvent(this.#event.id, planned)
        : await this.graph.book({ ...planned, transactionId: crypto.randomUUID() });
      this.close();
      this.say(this.#event ? 'The meeting is changed.' : planned.attendees.length > 0 ? 'The invitation is sent.' : 'It is in the calendar.');
      this.onDone(kept);
    } catch (error) {
      this.say(error.message);
    } finally {
      if (this.#form) this.#form.inert = false;
    }
  }
}

const addDays = (date, days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
const two = (number) => String(number).padStart(2, '0');
const dateOf = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
const timeOf = (at) => `${two(at.getHours())}:${two(at.getMinutes())}`;
