// The message list: only the rows on screen exist, pages are fetched as they scroll into view. Arrow keys move the selection.

import { PAGE_SIZE } from './graph.js';
import { element, hue, initials } from './elements.js';

const ROW_PIXELS = 74; // as in outlook.css
const SPARE_ROWS = 6;

export class MessageList {
  #pages = new Map();
  #total = 0;
  #selected = -1;
  #message = null; // the selected one
  #folderId = null;
  #asked = 0;

  /**
   * @param {string} own whose mailbox: what they sent is listed by who got it
   * @param {(message: object|null) => void} onSelect told once for each change of the selection
   */
  constructor({ box, graph, own, locale, now, onSelect }) {
    Object.assign(this, { box, graph, own, locale, now, onSelect });
    this.all = box.querySelector('.all');
    this.stopped = new AbortController();
    const { signal } = this.stopped;
    box.addEventListener('scroll', () => this.#draw(), { passive: true, signal });
    box.addEventListener('keydown', (event) => this.#key(event), { signal });
    box.addEventListener('click', (event) => {
      const row = event.target.closest('[role=option]');
      if (row) this.selectAt(Number(row.dataset.index));
    }, { signal });
    this.watch = new ResizeObserver(() => this.#draw());
    this.watch.observe(box);
  }

  dispose() {
    this.stopped.abort();
    this.watch.disconnect();
    this.all.replaceChildren();
  }

  async open(folderId) {
    this.#folderId = folderId;
    this.#pages.clear();
    this.#selected = -1;
    this.#message = null;
    this.box.scrollTop = 0;
    this.all.replaceChildren(); // the rows of another folder are not this one's
    await this.#page(0);
    this.#draw();
  }

  /**
   * Takes in what changed in the folder. The selection stays on its message; when that is gone, the one that follows is selected.
   * False when somebody moved on meanwhile: it is to be looked at again.
   */
  async refresh() {
    const asked = this.#asked, folderId = this.#folderId, selected = this.#message, before = this.#selected;
    if (folderId === null) return false; // not open yet
    const fresh = { pages: new Map(), total: 0 };
    const at = selected ? await this.#find(selected, fresh) : -1;
    await this.#read(Math.floor(this.box.scrollTop / ROW_PIXELS / PAGE_SIZE), fresh);
    if (asked !== this.#asked || folderId !== this.#folderId) return false;

    this.#take(fresh);
    this.#selected = at;
    this.#message = null;
    if (at >= 0) {
      // What one reads is read, unless one said otherwise.
      this.#message = Object.assign(fresh.pages.get(Math.floor(at / PAGE_SIZE))[at % PAGE_SIZE], { isRead: selected.isRead });
      if (this.box.scrollTop > 0) this.box.scrollTop += (at - before) * ROW_PIXELS;
    }
    this.#draw();
    if (selected && at < 0) {
      if (fresh.total > 0) await this.selectAt(Math.min(before, fresh.total - 1)); else this.clearSelection();
    }
    return true;
  }

  /** Selects a message of the open folder, as the folder is now. */
  async select(message) {
    if (message.id === this.#message?.id) return;
    const asked = ++this.#asked, fresh = { pages: new Map(), total: 0 };
    const at = await this.#find(message, fresh);
    if (at < 0 || asked !== this.#asked) return;
    this.#take(fresh);
    this.#selected = -1; // what was selected stood in the pages before
    await this.selectAt(at);
  }

  /** Where a message stands, -1 when it is not here. Graph knows times to the second, and several may have come in one. */
  async #find(message, fresh) {
    const near = await this.graph.positionOf(message);
    for (const number of new Set([near, Math.max(near - 1, 0)].map((at) => Math.floor(at / PAGE_SIZE)))) {
      await this.#read(number, fresh);
      const found = fresh.pages.get(number).findIndex(({ id }) => id === message.id);
      if (found >= 0) return number * PAGE_SIZE + found;
    }
    return -1;
  }

  /** A page that was read already stays: what was found in it is where it was found. */
  async #read(number, fresh) {
    if (fresh.pages.has(number)) return;
    const { total, messages } = await this.graph.messages(this.#folderId, number);
    fresh.pages.set(number, messages);
    fresh.total = total;
  }

  #take({ pages, total }) {
    this.#pages = pages;
    this.#total = total;
  }

  get total() { return this.#total; }

  get selectedIndex() { return this.#selected; }

  async selectAt(index) {
    const asked = ++this.#asked;
    const page = await this.#page(Math.floor(index / PAGE_SIZE));
    const message = page[index % PAGE_SIZE];
    if (asked !== this.#asked || !message || index === this.#selected) return; // overtaken by a later key, or past the end
    this.#selected = index;
    this.#message = message;
    this.#reveal(index);
    this.#draw();
    this.onSelect(message);
    if (!message.isRead) {
      message.isRead = true; // onSelect has seen that it was not
      this.#draw();
    }
  }

  /** The selected message is to be read again. */
  markUnread() {
    if (this.#message) this.#message.isRead = false;
    this.#draw();
  }

  clearSelection() {
    this.#asked++;
    this.#selected = -1;
    this.#message = null;
    this.#draw();
    this.onSelect(null);
  }

  #key(event) {
    const perScreen = Math.max(1, Math.floor(this.box.clientHeight / ROW_PIXELS) - 1);
    const moves = {
      ArrowDown: this.#selected + 1, ArrowUp: this.#selected - 1, Home: 0, End: this.#total - 1,
      PageDown: this.#selected + perScreen, PageUp: this.#selected - perScreen,
    };
    if (event.key in moves && this.#total > 0) {
      event.preventDefault();
      this.selectAt(Math.min(Math.max(moves[event.key], 0), this.#total - 1));
    }
  }

  #reveal(index) {
    const top = index * ROW_PIXELS;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + ROW_PIXELS > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + ROW_PIXELS - this.box.clientHeight;
  }

  async #page(number) {
    const known = this.#pages.get(number);
    if (known) return known;
    const folderId = this.#folderId;
    const coming = this.graph.messages(folderId, number).then(({ total, messages }) => {
      if (folderId === this.#folderId) {
        this.#total = total;
        this.#pages.set(number, messages);
      }
      return messages;
    });
    this.#pages.set(number, coming);
    return coming;
  }

  #draw() {
    this.all.style.height = `${this.#total * ROW_PIXELS}px`;
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW_PIXELS) - SPARE_ROWS);
    const last = Math.min(this.#total - 1, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW_PIXELS) + SPARE_ROWS);
    const rows = [];
    for (let index = first; index <= last; index++) {
      const page = this.#pages.get(Math.floor(index / PAGE_SIZE));
      if (Array.isArray(page)) rows.push(...page.slice(index % PAGE_SIZE, index % PAGE_SIZE + 1).map((message) => this.#row(message, index)));
      else if (!page) this.#page(Math.floor(index / PAGE_SIZE)).then(() => this.#draw());
    }
    this.all.replaceChildren(...rows);
    this.box.setAttribute('aria-activedescendant', this.#selected >= 0 ? `row-${this.#selected}` : '');
    if (this.#total === 0) this.all.append(element('p', { className: 'empty', textContent: 'Nothing in this folder.' }));
  }

  #row(message, index) {
    const from = message.from?.emailAddress, isOwn = from?.address === this.own;
    const shown = isOwn && message.toRecipients.length > 0 ? message.toRecipients[0].emailAddress : from;
    const name = `${message.isDraft ? '[Draft] ' : ''}${isOwn ? message.toRecipients.map(({ emailAddress: { name, address } }) => name || address).join('; ')
      : from?.name || from?.address || '(no sender)'}`;
    const selected = index === this.#selected;
    const row = element('div', {
      id: `row-${index}`, role: 'option', className: `row${message.isRead ? '' : ' unread'}`,
      'aria-selected': String(selected), 'aria-posinset': index + 1, 'aria-setsize': this.#total,
      'data-index': index, 'data-id': message.id, 'data-from': from?.address ?? '',
    },
    element('span', { className: 'face', 'aria-hidden': 'true', textContent: initials(shown?.name || shown?.address || '?') }),
    element('span', { className: 'name', textContent: name }),
    element('time', { dateTime: message.receivedDateTime, textContent: this.#when(message.receivedDateTime) }),
    element('span', { className: 'subject' },
      message.hasAttachments && element('span', { className: 'clip', role: 'img', 'aria-label': 'has attachments' }), message.subject || '(no subject)'),
    element('span', { className: 'preview', textContent: message.bodyPreview }));
    row.style.top = `${index * ROW_PIXELS}px`;
    row.firstChild.style.setProperty('--hue', hue(shown?.address ?? name));
    return row;
  }

  #when(received) {
    const at = new Date(received), now = this.now();
    const format = at.toDateString() === now.toDateString() ? { hour: '2-digit', minute: '2-digit' }
      : now - at < 6 * 86400e3 ? { weekday: 'short', hour: '2-digit', minute: '2-digit' }
        : at.getFullYear() === now.getFullYear() ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', year: 'numeric' };
    return new Intl.DateTimeFormat(this.locale, format).format(at);
  }
}
