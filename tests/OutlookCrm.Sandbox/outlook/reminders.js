// The window with what rings: events and tasks whose reminder is due, until somebody snoozes or dismisses it.

import { element } from './elements.js';

const LOOK_BACK_DAYS = 14;
const SNOOZES = [['5 minutes', 5], ['10 minutes', 10], ['1 hour', 60], ['4 hours', 240], ['1 day', 1440]];

export class Reminders {
  #drawn = '';
  #bodies = new Map();

  /** @param {object} page open: shows what a link in a reminder leads to, openEvent, openTask, changed: something was put off */
  constructor({ box, graph, locale, now, say, page }) { Object.assign(this, { box, graph, locale, now, say, page }); }

  dispose() { this.box.hidden = true; }

  /** Looks for what is due by now. */
  async refresh() {
    const now = this.now(), from = new Date(now.getTime() - LOOK_BACK_DAYS * 86400e3);
    const [events, tasks] = await Promise.all([this.graph.reminders(from, now), this.graph.allTasks()]);
    const due = [
      ...events.map((one) => ({
        key: `${one.eventId} ${one.changeKey}`, id: one.eventId, title: one.eventSubject, at: new Date(`${one.eventStartTime.dateTime}Z`), isEvent: true,
      })),
      ...tasks.filter((task) => task.isReminderOn && task.status !== 'completed' && new Date(`${task.reminderDateTime.dateTime}Z`) <= now).map((task) => ({
        key: `${task.id} ${task['@odata.etag']}`, id: task.id, task, title: task.title, at: new Date(`${task.reminderDateTime.dateTime}Z`), isEvent: false,
        link: task.linkedResources?.find(({ webUrl }) => webUrl)?.webUrl,
      })),
    ];
    await Promise.all(due.filter(({ isEvent, key }) => isEvent && !this.#bodies.has(key)).map(async ({ key, id }) => {
      const event = await this.graph.event(id).catch(() => null); // gone meanwhile
      const links = new DOMParser().parseFromString(event?.body.contentType === 'html' ? event.body.content : '', 'text/html').links;
      this.#bodies.set(key, links[0]?.href);
    }));
    for (const one of due) one.link ??= this.#bodies.get(one.key);
    this.#draw(due);
  }

  #draw(due) {
    const drawn = JSON.stringify(due.map(({ key }) => key));
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = this.box.contains(document.activeElement);
    this.box.hidden = due.length === 0;
    if (due.length === 0) {
      this.box.replaceChildren();
      return;
    }
    const all = element('button', { textContent: 'Dismiss all' });
    all.addEventListener('click', () => this.#do(() => Promise.all(due.map((one) => this.#dismiss(one)))));
    this.box.replaceChildren(
      element('h2', { textContent: due.length === 1 ? 'Reminder' : `${due.length} reminders` }),
      element('ul', {}, ...due.map((one) => this.#item(one))),
      element('div', { className: 'answers' }, all));
    if (focused) this.box.querySelector('button')?.focus({ preventScroll: true });
  }

  #item(one) {
    const snooze = element('select', { ariaLabel: `Snooze ${one.title}` },
      element('option', { value: '', textContent: 'Snooze…' }), ...SNOOZES.map(([textContent, value]) => element('option', { value, textContent })));
    snooze.addEventListener('change', () => { if (snooze.value) this.#do(() => this.#snooze(one, Number(snooze.value))); });
    const button = (textContent, run) => {
      const made = element('button', { textContent });
      made.addEventListener('click', () => this.#do(run));
      return made;
    };
    return element('li', {},
      element('b', { textContent: one.title || '(no subject)' }),
      element('time', { dateTime: one.at.toISOString(), textContent: new Intl.DateTimeFormat(this.locale, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(one.at) }),
      element('div', { className: 'answers' },
        one.link && button('Open the mail', () => this.page.open(one.link)),
        button('Open', () => one.isEvent ? this.page.openEvent(one.id) : this.page.openTask(one.id)),
        snooze,
        button('Dismiss', () => this.#dismiss(one))));
  }

  #snooze(one, minutes) {
    const until = new Date(this.now().getTime() + minutes * 60e3);
    return one.isEvent ? this.graph.snooze(one.id, until) : this.graph.changeTask(one.task, { reminderDateTime: utc(until), isReminderOn: true });
  }

  #dismiss(one) { return one.isEvent ? this.graph.dismiss(one.id) : this.graph.changeTask(one.task, { isReminderOn: false }); }

  async #do(task) {
    try {
      await task();
      await this.refresh();
      this.page.changed();
    } catch (error) {
      this.say(error.message);
    }
  }
}

const utc = (at) => ({ dateTime: at.toISOString().slice(0, 19), timeZone: 'UTC' });
