// The calendar: a week as columns of hours, or the next eight weeks as a list.

import { byId, element } from './elements.js';

const FIRST_HOUR = 6, LAST_HOUR = 21, HOUR_PIXELS = 40; // as in outlook.css
const DAY = 86400e3;

export class Calendar {
  #start;
  #asWeek = true;
  #events = [];
  #selected = null;
  #asked = 0;
  #drawn = '';
  #dragged = null;

  constructor({ box, graph, locale, now, onSelect, onMove }) {
    Object.assign(this, { box, graph, locale, now, onSelect, onMove });
    this.#start = monday(now());
    this.stopped = new AbortController();
    const { signal } = this.stopped;
    const move = (weeks) => { this.#start = addDays(this.#start, 7 * weeks); this.draw(); };
    byId('earlier').addEventListener('click', () => move(-1), { signal });
    byId('later').addEventListener('click', () => move(1), { signal });
    byId('today').addEventListener('click', () => { this.#start = monday(this.now()); this.draw(); }, { signal });
    for (const asWeek of [true, false]) {
      byId(asWeek ? 'as-week' : 'as-list').addEventListener('click', () => { this.#asWeek = asWeek; this.draw(); }, { signal });
    }
    box.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      const at = this.#events.findIndex((item) => item.id === this.#selected);
      if (step && this.#events.length > 0) {
        event.preventDefault();
        this.#select(this.#events[Math.min(Math.max(at + step, 0), this.#events.length - 1)]);
        this.box.querySelector('[aria-pressed=true]')?.focus();
      }
    }, { signal });
  }

  dispose() { this.stopped.abort(); }

  show(event) {
    this.#start = monday(startOf(event));
    this.#selected = event.id;
    return this.draw();
  }

  /** The day that is shown first, or today when it is among them: where a new event is planned. */
  get day() {
    const today = this.now();
    return today >= this.#start && today < addDays(this.#start, 7) ? today : this.#start;
  }

  clearSelection() {
    this.#selected = null;
    this.#redraw();
  }

  /** Takes in what changed. The selected event as it is now, null when it is gone, undefined when nothing changed. */
  async refresh() {
    const before = JSON.stringify(this.#events), selected = this.#selected;
    await this.draw();
    return JSON.stringify(this.#events) === before || selected === null ? undefined : this.#events.find(({ id }) => id === selected) ?? null;
  }

  async draw() {
    const asked = ++this.#asked;
    const end = addDays(this.#start, this.#asWeek ? 7 : 56);
    const events = await this.graph.events(this.#start, end);
    if (asked !== this.#asked) return; // moved on meanwhile
    const drawn = `${this.#asWeek} ${this.#start} ${JSON.stringify(events)}`;
    if (drawn === this.#drawn || this.#dragged) return; // as it stands: whoever has the focus keeps it, and what is dragged stays under the hand
    this.#drawn = drawn;
    this.#events = events;
    byId('as-week').setAttribute('aria-pressed', String(this.#asWeek));
    byId('as-list').setAttribute('aria-pressed', String(!this.#asWeek));
    byId('calendar-name').textContent = new Intl.DateTimeFormat(this.locale, { day: 'numeric', month: 'long', year: 'numeric' })
      .formatRange(this.#start, addDays(end, -1));
    this.#redraw();
  }

  #redraw() {
    const focused = this.box.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    this.box.replaceChildren(this.#asWeek ? this.#week() : this.#list());
    if (focused) [...this.box.querySelectorAll('button')].find((button) => button.dataset.id === focused)?.focus();
  }

  #select(event) {
    this.#selected = event.id;
    this.#redraw();
    this.onSelect(event);
  }

  #week() {
    const weekday = new Intl.DateTimeFormat(this.locale, { weekday: 'short', day: 'numeric' });
    const hours = element('div', { className: 'hours' });
    for (let hour = FIRST_HOUR; hour < LAST_HOUR; hour++) hours.append(element('span', { textContent: `${hour}:00` }));
    const days = [0, 1, 2, 3, 4, 5, 6].map((offset) => {
      const day = addDays(this.#start, offset);
      const ofDay = this.#events.filter((event) => overlaps(event, day, addDays(day, 1)));
      const timed = element('div', { className: 'timed' });
      for (const event of ofDay.filter((item) => !item.isAllDay)) timed.append(this.#placed(event, day, ofDay));
      const column = element('div', { className: `day${day.toDateString() === this.now().toDateString() ? ' today' : ''}` },
        element('h3', { textContent: weekday.format(day) }),
        element('div', { className: 'whole' }, ...ofDay.filter((item) => item.isAllDay).map((event) => this.#button(event))),
        timed);
      column.addEventListener('dragover', (over) => { if (this.#dragged) over.preventDefault(); });
      column.addEventListener('drop', (dropped) => {
        dropped.preventDefault();
        const event = this.#dragged;
        this.#dragged = null;
        if (event && startOf(event).toDateString() !== day.toDateString()) this.onMove(event, day);
      });
      return column;
    });
    return element('div', { className: 'grid' }, hours, ...days);
  }

  #placed(event, day, ofDay) {
    const hour = (at) => Math.min(Math.max((at - day) / 3600e3, FIRST_HOUR), LAST_HOUR);
    const [start, end] = [hour(startOf(event)), hour(endOf(event))];
    const beside = ofDay.filter((other) => !other.isAllDay && startOf(other) < endOf(event) && endOf(other) > startOf(event));
    const button = this.#button(event);
    Object.assign(button.style, {
      top: `${(start - FIRST_HOUR) * HOUR_PIXELS}px`, height: `${Math.max(end - start, 0.5) * HOUR_PIXELS - 2}px`,
      left: `${beside.indexOf(event) / beside.length * 100}%`, width: `calc(${100 / beside.length}% - 3px)`,
    });
    return button;
  }

  #list() {
    const day = new Intl.DateTimeFormat(this.locale, { weekday: 'long', day: 'numeric', month: 'long' });
    const rows = [];
    let before = null;
    for (const event of this.#events) {
      const heading = day.format(startOf(event));
      if (heading !== before) rows.push(element('h3', { textContent: heading }));
      before = heading;
      rows.push(this.#button(event));
    }
    return element('div', { className: 'agenda' }, ...(rows.length > 0 ? rows : [element('p', { className: 'empty', textContent: 'Nothing planned.' })]));
  }

  #button(event) {
    const time = event.isAllDay ? 'all day' : new Intl.DateTimeFormat(this.locale, { hour: '2-digit', minute: '2-digit' }).format(startOf(event));
    const button = element('button', {
      className: `event${event.isCancelled ? ' cancelled' : ''}`, 'aria-pressed': String(event.id === this.#selected), 'data-id': event.id,
      title: `${event.subject}\n${event.location.displayName}`,
    }, element('b', { textContent: event.subject || '(no subject)' }), element('small', { textContent: time }));
    button.addEventListener('click', () => this.#select(event));
    button.draggable = event.isOrganizer && !event.seriesMasterId && !event.isAllDay;
    button.addEventListener('dragstart', () => { this.#dragged = event; });
    button.addEventListener('dragend', () => { this.#dragged = null; });
    return button;
  }
}

const addDays = (date, days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
const monday = (date) => addDays(date, -((date.getDay() + 6) % 7));

// A whole day is a date, wherever one is: its midnight is ours, not UTC's.
const moment = (time, isAllDay) => isAllDay ? new Date(time.dateTime) : new Date(`${time.dateTime}Z`);
export const startOf = (event) => moment(event.start, event.isAllDay);
export const endOf = (event) => moment(event.end, event.isAllDay);
const overlaps = (event, from, to) => startOf(event) < to && (endOf(event) > from || (endOf(event) - startOf(event) < DAY && startOf(event) >= from));
