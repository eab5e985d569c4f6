// Writing a mail, where it would be read. What is written lies in Drafts from the moment that one turns to something else.

import { element } from './elements.js';
import { Graph, sensitivityOf } from './graph.js';
import { PeopleField } from './people-field.js';

const SENSITIVITIES = ['Normal', 'Personal', 'Private', 'Confidential']; // as PidTagSensitivity numbers them
const PRIVATE = 'Private'; // the category

export class Composer {
  #draft = null;     // its id, once the mailbox has one
  #before = '';      // what the form said when it opened or was last kept
  #form = null;
  #working = null;   // sending or keeping

  #conversation = null;

  /**
   * @param {() => void} onOpen told when a form has opened
   * @param {(field: 'to'|'cc'|'bcc') => void} onPeople told when somebody was named in a field, or taken off
   * @param {(draft: string|null) => void} onDone told when the form has closed, and the id of the draft that it was
   */
  constructor({ box, graph, known, say, onOpen, onPeople, onDone }) { Object.assign(this, { box, graph, known, say, onOpen, onPeople, onDone }); }

  get isOpen() { return this.#form !== null; }

  /** What an add-in may know of it. */
  get item() {
    return {
      kind: 'message', conversationId: this.#conversation, people: () => [this.to.value, this.cc.value, this.bcc.value],
      subject: () => this.subject.value, text: () => this.text.value,
    };
  }

  write({ to = [], cc = [], subject = '', text = '' } = {}) {
    this.#draft = null;
    this.#conversation = null;
    this.#open('New mail', { to, cc, bcc: [], subject, text, sensitivity: 0, categories: [] });
    (to.length > 0 ? this.subject : this.to.input).focus();
  }

  /**
   * @param {'createReply'|'createReplyAll'|'createForward'} kind
   * @param {string} text what stands above the quoted mail at first
   */
  async answer(message, kind, text) {
    const draft = await this.graph.answer(message.id, kind);
    this.#edit(draft, `${text}${draft.body.content}`, { createReply: 'Reply', createReplyAll: 'Reply all', createForward: 'Forward' }[kind]);
    if (kind === 'createForward') this.to.input.focus(); else this.#toTop();
  }

  async open(draft) {
    this.#edit(await this.graph.message(draft.id), await this.graph.bodyText(draft.id), 'Draft');
    this.#toTop();
  }

  /** Closes the form. What was written stays as a draft; an answer in which nothing was written goes. */
  async keep() {
    if (!this.isOpen) return;
    await this.#working;
    if (!this.isOpen) return;
    const isChanged = this.#written() !== this.#before;
    if (isChanged) {
      await this.#save();
      this.say('The mail is in Drafts.');
    } else if (this.#draft && this.isNew) {
      await this.graph.remove(this.#draft);
    }
    this.#close();
  }

  #edit(draft, text, title) {
    const people = (list) => list.map(({ emailAddress: { name, address } }) => ({ name: name === address ? '' : name, address }));
    this.#draft = draft.id;
    this.#conversation = draft.conversationId;
    this.#open(title, {
      to: people(draft.toRecipients), cc: people(draft.ccRecipients), bcc: people(draft.bccRecipients ?? []), subject: draft.subject, text,
      sensitivity: sensitivityOf(draft), categories: draft.categories ?? [],
    });
    this.isNew = title !== 'Draft';
  }

  #open(title, { to, cc, bcc, subject, text, sensitivity, categories }) {
    this.to = new PeopleField({ label: 'To', known: this.known, onChange: () => this.onPeople('to') });
    this.cc = new PeopleField({ label: 'Cc', known: this.known, onChange: () => this.onPeople('cc') });
    this.bcc = new PeopleField({ label: 'Bcc', known: this.known, onChange: () => this.onPeople('bcc') });
    [this.to.value, this.cc.value, this.bcc.value] = [to, cc, bcc];
    this.cc.box.hidden = cc.length === 0;
    this.bcc.box.hidden = bcc.length === 0;
    this.subject = element('input', { id: 'compose-subject', type: 'text', value: subject, maxLength: 255, autocomplete: 'off' });
    this.text = element('textarea', { id: 'compose-text', value: text, ariaLabel: 'Text' });
    this.sensitivity = element('select', { id: 'compose-sensitivity', ariaLabel: 'Sensitivity' },
      ...SENSITIVITIES.map((name, number) => element('option', { value: number, textContent: name })));
    this.sensitivity.value = sensitivity;
    this.isPrivate = element('input', { type: 'checkbox', checked: categories.includes(PRIVATE) });
    this.others = categories.filter((category) => category !== PRIVATE);

    const send = element('button', { type: 'submit', className: 'primary', title: 'Send (Ctrl+Enter)' }, element('span', { className: 'icon send' }), 'Send');
    const discard = element('button', { type: 'button', title: 'Throw away' }, element('span', { className: 'icon delete' }), 'Discard');
    discard.addEventListener('click', () => this.#work(async () => {
      if (this.#draft) await this.graph.remove(this.#draft);
      this.#close();
    }));
    const more = element('button', { type: 'button', className: 'more', textContent: 'Cc and Bcc', hidden: !this.cc.box.hidden && !this.bcc.box.hidden });
    more.addEventListener('click', () => {
      const first = this.cc.box.hidden ? this.cc : this.bcc;
      this.cc.box.hidden = this.bcc.box.hidden = false;
      more.hidden = true;
      first.input.focus();
    });
    this.to.box.append(more);

    this.#form = element('form', { className: 'composer', noValidate: true, 'aria-label': title },
      element('div', { className: 'composer-head' }, send, discard, element('span', { className: 'space' }),
        element('label', {}, 'Sensitivity ', this.sensitivity), element('label', {}, this.isPrivate, ` Category ${PRIVATE}`)),
      this.to.box, this.cc.box, this.bcc.box,
      element('div', { className: 'field' }, element('label', { htmlFor: 'compose-subject', textContent: 'Subject' }), this.subject),
      this.text);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#form.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.#send();
      }
    });
    this.isNew = true;
    this.box.replaceChildren(this.#form);
    this.#before = this.#written();
    this.onOpen();
  }

  #send() {
    return this.#work(async () => {
      if (![this.to, this.cc, this.bcc].every((field) => field.check(false))) return;
      if (!this.to.check([...this.cc.value, ...this.bcc.value].length === 0)) return;
      await this.#save();
      await this.graph.send(this.#draft);
      this.say('Sent.');
      this.#close();
    });
  }

  async #save() {
    const letter = Graph.letter(this.#letter());
    if (this.#draft) await this.graph.change(this.#draft, letter); else this.#draft = (await this.graph.draft(letter)).id;
    this.#before = this.#written();
  }

  // One thing at a time; what Graph refuses is said, and what was written stays in the form.
  async #work(task) {
    if (this.#working) return;
    const form = this.#form;
    form.inert = true;
    this.#working = task();
    try {
      await this.#working;
    } catch (error) {
      this.say(error.message);
    } finally {
      this.#working = null;
      form.inert = false;
    }
  }

  #letter() {
    return {
      to: this.to.value, cc: this.cc.value, bcc: this.bcc.value, subject: this.subject.value, text: this.text.value,
      sensitivity: Number(this.sensitivity.value), categories: [...this.others, ...(this.isPrivate.checked ? [PRIVATE] : [])],
    };
  }

  #written() { return JSON.stringify(this.#letter()); }

  #toTop() {
    this.text.focus();
    this.text.setSelectionRange(0, 0);
    this.text.scrollTop = 0;
  }

  #close() {
    this.#form.remove();
    this.#form = null;
    this.onDone(this.#draft);
  }
}
