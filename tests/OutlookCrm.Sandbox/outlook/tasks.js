// To Do: the tasks of every list, the one due first first. Each can be ticked, renamed, moved to another day and deleted.

import { element } from './elements.js';

export class TaskList {
  #drawn = '';

  constructor({ box, graph, locale, now, say, open }) { Object.assign(this, { box, graph, locale, now, say, open }); }

  async refresh() {
    const tasks = await this.graph.allTasks();
    tasks.sort((one, other) => dueOf(one).localeCompare(dueOf(other)) || one.title.localeCompare(other.title));
    const drawn = JSON.stringify(tasks);
    if (drawn === this.#drawn || this.box.querySelector('input:not([type=checkbox]):focus')) return; // nobody loses what they type
    this.#drawn = drawn;
    const open = tasks.filter(({ status }) => status !== 'completed'), done = tasks.filter(({ status }) => status === 'completed');
    this.box.replaceChildren(
      open.length > 0 ? element('ul', { className: 'todo' }, ...open.map((task) => this.#row(task))) : element('p', { className: 'empty', textContent: 'Nothing to do.' }),
      ...done.length > 0 ? [element('h3', { textContent: 'Done' }), element('ul', { className: 'todo done' }, ...done.map((task) => this.#row(task)))] : []);
  }

  focus(id) { this.box.querySelector(`[data-id="${CSS.escape(id)}"] input[type=checkbox]`)?.focus(); }

  #row(task) {
    const done = element('input', { type: 'checkbox', checked: task.status === 'completed', ariaLabel: `Done: ${task.title}` });
    done.addEventListener('change', () => this.#change(task, { status: done.checked ? 'completed' : 'notStarted' }));
    const title = element('input', { type: 'text', value: task.title, maxLength: 255, ariaLabel: 'Title', required: true });
    title.addEventListener('change', () => { if (title.value) this.#change(task, { title: title.value }); });
    const due = element('input', { type: 'date', value: task.dueDateTime?.dateTime.slice(0, 10) ?? '', ariaLabel: `Due: ${task.title}` });
    due.addEventListener('change', () => this.#change(task, { dueDateTime: due.value ? { dateTime: `${due.value}T00:00:00`, timeZone: 'UTC' } : null }));
    const remove = element('button', { textContent: 'Delete', ariaLabel: `Delete ${task.title}` });
    remove.addEventListener('click', () => this.#do(() => this.graph.removeTask(task)));
    const link = task.linkedResources?.find(({ webUrl }) => webUrl);
    const mail = link && element('button', { textContent: 'Open the mail' });
    mail?.addEventListener('click', () => this.open(link.webUrl));
    const reminder = task.isReminderOn && element('small', {
      textContent: `reminds ${new Intl.DateTimeFormat(this.locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(`${task.reminderDateTime.dateTime}Z`))}`,
    });
    return element('li', { 'data-id': task.id }, done, title, due, mail, remove, reminder);
  }

  #change(task, changes) { return this.#do(() => this.graph.changeTask(task, changes)); }

  async #do(task) {
    try {
      document.activeElement?.blur();
      await task();
      await this.refresh();
    } catch (error) {
      this.say(error.message);
    }
  }
}

const dueOf = (task) => task.dueDateTime?.dateTime ?? '9999';
