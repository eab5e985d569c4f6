// What can be done with the selected mail or event: buttons in the ribbon, and keys.

import { element } from './elements.js';

export class Commands {
  #shown = [];

  /**
   * @param {object[]} all { id, label, icon, key, short, when: (item) => boolean, run: (item) => Promise }
   * @param {() => object|null} item what is selected
   */
  constructor({ box, all, item, say }) {
    Object.assign(this, { box, all, item, say });
    document.addEventListener('keydown', (event) => this.#key(event));
  }

  draw() {
    const item = this.item();
    const shown = this.all.filter((command) => command.when(item));
    if (shown.map(({ id }) => id).join() === this.#shown.map(({ id }) => id).join()) return;
    const focused = this.box.contains(document.activeElement) ? document.activeElement.dataset.command : null;
    this.#shown = shown;
    this.box.replaceChildren(...shown.map((command) => {
      const button = element('button', {
        'data-command': command.id, className: command.short ? 'short' : '', ariaLabel: command.label, title: command.key ? `${command.label} (${command.key})` : command.label,
      }, element('span', { className: `icon ${command.icon}` }), element('span', { className: 'label', textContent: command.label }));
      button.addEventListener('click', () => this.run(command));
      return button;
    }));
    if (focused) this.box.querySelector(`[data-command=${focused}]`)?.focus();
  }

  async run(command) {
    try {
      await command.run(this.item());
    } catch (error) {
      this.say(error.message);
    }
  }

  // Only where no text is written.
  #key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, textarea, select, [contenteditable], dialog')) return;
    const pressed = `${event.shiftKey ? 'Shift+' : ''}${event.key.length === 1 ? event.key.toUpperCase() : event.key}`;
    const command = this.all.find(({ key, when }) => key === pressed && when(this.item()));
    if (command) {
      event.preventDefault();
      this.run(command);
    }
  }
}

/** A button that offers a few choices below it. */
export function choose(anchor, label, choices, onChoice) {
  document.querySelector('.menu')?.remove();
  const menu = element('div', { className: 'menu', role: 'menu', ariaLabel: label }, ...choices.map(({ name, value }) => {
    const button = element('button', { role: 'menuitem', textContent: name });
    button.addEventListener('click', () => {
      close();
      onChoice(value);
    });
    return button;
  }));
  const { left, bottom } = anchor.getBoundingClientRect();
  Object.assign(menu.style, { left: `${left}px`, top: `${bottom + 2}px` });
  const close = () => {
    menu.remove();
    outside.abort();
    anchor.focus();
  };
  const outside = new AbortController();
  document.addEventListener('pointerdown', (event) => { if (!menu.contains(event.target)) close(); }, { signal: outside.signal });
  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const items = [...menu.children];
    if (step) {
      event.preventDefault();
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close();
    }
  });
  document.body.append(menu);
  menu.firstChild?.focus();
}
