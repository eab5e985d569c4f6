// A field for people: those named stand as chips; while one types, those whom the mailbox knows are offered.

import { element } from './elements.js';

const MAX_OFFERED = 6;
const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/;
let made = 0;

/** Everybody whom the mailbox knows. Asked for once, when first needed. */
export class KnownPeople {
  #coming = null;
  #all;

  constructor({ graph, colleagues }) {
    Object.assign(this, { graph, colleagues });
    this.#all = colleagues;
  }

  /** By what name an address is known so far. */
  nameOf(address) { return this.#all.find((one) => one.address.toLowerCase() === address.toLowerCase())?.name ?? ''; }

  /** Whose name or address begins so, or a word of it. */
  async find(text) {
    this.#coming ??= this.graph.recentPeople().then((recent) => {
      const known = new Set(this.colleagues.map(({ address }) => address.toLowerCase()));
      return this.#all = [...recent.filter(({ address }) => !known.has(address.toLowerCase())), ...this.colleagues];
    }, (error) => {
      this.#coming = null;
      throw error;
    });
    const wanted = text.trim().toLowerCase();
    return (await this.#coming).filter(({ name, address }) =>
      `${name} ${address}`.toLowerCase().split(/[\s.@]+/).some((word) => word.startsWith(wanted)) || address.toLowerCase().startsWith(wanted)).slice(0, MAX_OFFERED);
  }
}

export class PeopleField {
  #people = [];
  #offered = [];
  #at = -1;
  #asked = 0;

  /** @param {boolean} single at most one person */
  constructor({ label, known, single = false, onChange = () => {} }) {
    Object.assign(this, { known, single, onChange });
    const id = `people-${++made}`;
    this.chips = element('span', { className: 'chips' });
    this.input = element('input', {
      id, type: 'text', autocomplete: 'off', spellcheck: false, role: 'combobox', 'aria-expanded': 'false', 'aria-autocomplete': 'list', 'aria-controls': `${id}-offered`,
    });
    this.list = element('ul', { id: `${id}-offered`, className: 'offered', role: 'listbox', 'aria-label': `People for ${label}`, hidden: true });
    this.problem = element('span', { className: 'problem', role: 'alert' });
    this.box = element('div', { className: 'field' },
      element('label', { htmlFor: id, textContent: label }), element('div', { className: 'people-box' }, this.chips, this.input, this.list), this.problem);
    this.input.addEventListener('input', () => this.#typed());
    this.input.addEventListener('keydown', (event) => this.#key(event));
    this.input.addEventListener('blur', () => {
      this.#offer([]);
      this.#take(this.input.value);
    });
    this.input.addEventListener('paste', (event) => {
      event.preventDefault();
      this.#take(`${this.input.value}${event.clipboardData.getData('text')}`);
    });
    this.list.addEventListener('pointerdown', (event) => {
      event.preventDefault(); // the field keeps the focus
      const option = event.target.closest('li');
      if (option) this.#add(this.#offered[[...this.list.children].indexOf(option)]);
    });
  }

  get value() { return [...this.#people]; }

  set value(people) {
    this.#people = [...people];
    this.input.value = '';
    this.#draw();
  }

  /** Takes in what is typed; false, and says so, when it is no address or when nobody is named though somebody must be. */
  check(required) {
    this.#take(this.input.value);
    const wrong = this.input.value.trim();
    this.#complain(wrong ? `“${wrong}” is no address.` : required && this.#people.length === 0 ? 'Who is to get it?' : '');
    if (this.problem.textContent) this.input.focus();
    return !this.problem.textContent;
  }

  async #typed() {
    this.#complain('');
    if (/[;,\n]/.test(this.input.value)) {
      this.#take(this.input.value);
      this.#offer([]);
      return;
    }
    const text = this.input.value, asked = ++this.#asked;
    const found = text.trim() ? await this.known.find(text) : [];
    if (asked === this.#asked && document.activeElement === this.input) {
      this.#offer(found.filter(({ address }) => !this.#has(address)));
    }
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#offered.length > 0) {
      event.preventDefault();
      this.#at = (this.#at + step + this.#offered.length) % this.#offered.length;
      this.#drawOffered();
    } else if (event.key === 'Enter') {
      event.preventDefault(); // not the form's
      if (this.#at >= 0) this.#add(this.#offered[this.#at]); else this.#take(this.input.value);
    } else if (event.key === 'Tab' && this.#at >= 0) {
      this.#add(this.#offered[this.#at]);
    } else if (event.key === 'Escape' && this.#offered.length > 0) {
      event.stopPropagation();
      this.#offer([]);
    } else if (event.key === 'Backspace' && this.input.value === '' && this.#people.length > 0) {
      this.value = this.#people.slice(0, -1);
      this.onChange();
    }
  }

  // "Anna Berg <anna@example.com>; ben@example.com"
  #take(text) {
    const left = [];
    for (const part of text.split(/[;,\n]/).map((one) => one.trim()).filter(Boolean)) {
      const [, name = '', address = part] = /^(.*?)\s*<([^<>]+)>$/.exec(part) ?? [];
      if (ADDRESS.test(address)) this.#add({ name: name.replaceAll('"', ''), address }, { keepText: true }); else left.push(part);
    }
    this.input.value = left.join('; ');
  }

  #add({ name, address }, { keepText = false } = {}) {
    const person = { name: name || this.known.nameOf(address), address };
    if (!this.#has(address)) this.#people = this.single ? [person] : [...this.#people, person];
    if (!keepText) this.input.value = '';
    this.#asked++;
    this.#offer([]);
    this.#draw();
    this.onChange();
  }

  #has(address) { return this.#people.some((one) => one.address.toLowerCase() === address.toLowerCase()); }

  #offer(people) {
    this.#offered = people;
    this.#at = people.length > 0 ? 0 : -1;
    this.#drawOffered();
  }

  #drawOffered() {
    this.list.hidden = this.#offered.length === 0;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
    this.list.replaceChildren(...this.#offered.map(({ name, address }, index) => element('li', {
      id: `${this.list.id}-${index}`, role: 'option', 'aria-selected': String(index === this.#at),
    }, element('b', { textContent: name || address }), name && element('small', { textContent: address }))));
    if (this.#at >= 0) this.input.setAttribute('aria-activedescendant', `${this.list.id}-${this.#at}`);
    else this.input.removeAttribute('aria-activedescendant');
  }

  #complain(text) {
    this.problem.textContent = text;
    this.input.setAttribute('aria-invalid', String(text !== ''));
  }

  #draw() {
    this.#complain('');
    this.chips.replaceChildren(...this.#people.map((person) => {
      const remove = element('button', { type: 'button', ariaLabel: `Remove ${person.name || person.address}`, textContent: '×' });
      remove.addEventListener('click', () => {
        this.value = this.#people.filter((one) => one !== person);
        this.onChange();
        this.input.focus();
      });
      return element('span', { className: 'chip', title: person.address }, person.name || person.address, remove);
    }));
  }
}
