// The mailbox as the small Outlook reads it: a plain client of the Graph server, with a token in the colleague's name.

import { released } from './press.js';

const PAGE = 50;
const FIELDS = '$expand=attachments&$select=id,subject,from,toRecipients,ccRecipients,receivedDateTime,sentDateTime,lastModifiedDateTime,createdDateTime,'
  + 'isRead,isDraft,hasAttachments,bodyPreview,internetMessageId,conversationId,parentFolderId,categories';
const SENSITIVITY = 'Integer 0x0036'; // PidTagSensitivity: Graph has no name for a mail's
const WITH_SENSITIVITY = encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${SENSITIVITY}')`);
const AS_TEXT = { Prefer: 'outlook.body-content-type="text"' };

export class Graph {
  #token = null;

  constructor(colleagueId) { this.colleagueId = colleagueId; }

  me() { return this.#get('/me'); }

  async folders() { return (await this.#get('/me/mailFolders?$top=100')).value; }

  folder(id) { return this.#get(`/me/mailFolders/${encodeURIComponent(id)}`); }

  /** One page of a folder's messages, newest first, and how many there are in all. */
  async messages(folderId, page) {
    const answer = await this.#get(
      `/me/mailFolders/${encodeURIComponent(folderId)}/messages?${FIELDS}&$count=true&$top=${PAGE}&$skip=${page * PAGE}`);
    return { total: answer['@odata.count'], messages: answer.value };
  }

  message(id) {
    return this.#get(`/me/messages/${encodeURIComponent(id)}?${FIELDS},bccRecipients,body,internetMessageHeaders`.replace('attachments', `attachments,${WITH_SENSITIVITY}`));
  }

  async bodyText(id) {
    return (await this.#get(`/me/messages/${encodeURIComponent(id)}?$select=body`, AS_TEXT)).body.content;
  }

  /** The newest message that passes an OData filter, or null. */
  async find(filter) {
    const answer = await this.#get(`/me/messages?${FIELDS}&$top=1&$filter=${encodeURIComponent(filter)}`);
    return answer.value[0] ?? null;
  }

  /** Where a message stands in its folder, counting from 0 at the newest; one more when it came within a second. */
  async positionOf(message) {
    const answer = await this.#get(`/me/mailFolders/${encodeURIComponent(message.parentFolderId)}/messages`
      + `?$select=id&$count=true&$top=1&$filter=${encodeURIComponent(`receivedDateTime gt ${message.receivedDateTime}`)}`);
    return answer['@odata.count'];
  }

  /** What the owner makes of a message: isRead, categories; of a draft all that it says. */
  change(id, changes) { return this.#send('PATCH', `/me/messages/${encodeURIComponent(id)}`, changes); }

  move(id, folder) { return this.#send('POST', `/me/messages/${encodeURIComponent(id)}/move`, { destinationId: folder }); }

  /** Into Deleted Items; from there for good. */
  remove(id) { return this.#send('DELETE', `/me/messages/${encodeURIComponent(id)}`); }

  draft(message) { return this.#send('POST', '/me/messages', message); }

  /** @param {'createReply'|'createReplyAll'|'createForward'} kind */
  answer(id, kind) { return this.#send('POST', `/me/messages/${encodeURIComponent(id)}/${kind}`, {}, AS_TEXT); }

  send(id) { return this.#send('POST', `/me/messages/${encodeURIComponent(id)}/send`, {}); }

  /** What a draft says, in Graph's words. */
  static letter({ to, cc, bcc, subject, text, sensitivity, categories }) {
    return {
      subject, body: { contentType: 'text', content: text }, categories,
      toRecipients: to.map(recipient), ccRecipients: cc.map(recipient), bccRecipients: bcc.map(recipient),
      singleValueExtendedProperties: [{ id: SENSITIVITY, value: String(sensitivity) }],
    };
  }

  /** Everybody on the newest messages, the newest first, each once. */
  async recentPeople() {
    const answer = await this.#get('/me/messages?$select=from,toRecipients,ccRecipients&$top=250');
    const found = new Map();
    for (const { from, toRecipients, ccRecipients } of answer.value) {
      for (const { emailAddress } of [from, ...toRecipients, ...ccRecipients].filter(Boolean)) {
        const key = emailAddress.address.toLowerCase();
        if (!found.has(key)) found.set(key, { name: emailAddress.name === emailAddress.address ? '' : emailAddress.name, address: emailAddress.address });
      }
    }
    return [...found.values()];
  }

  event(id) { return this.#get(`/me/events/${encodeURIComponent(id)}`); }

  /** All that lies in a span of time, by start. */
  async events(from, to) {
    const found = [];
    let next = `/me/calendarView?startDateTime=${from.toISOString()}&endDateTime=${to.toISOString()}&$top=100`;
    while (next) {
      const page = await this.#get(next);
      found.push(...page.value);
      next = page['@odata.nextLink']?.split('/graph/v1.0')[1];
    }
    return found;
  }

  /** The event to which a mail invites; null when it is in the calendar no more. */
  async invitedTo(messageId) {
    const { startDateTime, endDateTime, from, subject } = await this.#get(`/me/messages/${encodeURIComponent(messageId)}`);
    if (!startDateTime) return null;
    const [start, end] = [new Date(`${startDateTime.dateTime}Z`), new Date(`${endDateTime.dateTime}Z`)];
    return (await this.events(start, new Date(Math.max(end, start.getTime() + 1)))).find((event) =>
      event.start.dateTime === startDateTime.dateTime && event.subject === subject && event.organizer?.emailAddress.address === from.emailAddress.address) ?? null;
  }

  book(event) { return this.#send('POST', '/me/events', event); }

  changeEvent(id, changes) { return this.#send('PATCH', `/me/events/${encodeURIComponent(id)}`, changes); }

  removeEvent(id) { return this.#send('DELETE', `/me/events/${encodeURIComponent(id)}`); }

  cancel(id, comment) { return this.#send('POST', `/me/events/${encodeURIComponent(id)}/cancel`, { comment }); }

  /** @param {'accept'|'tentativelyAccept'|'decline'} response */
  respond(id, response, comment) { return this.#send('POST', `/me/events/${encodeURIComponent(id)}/${response}`, { comment, sendResponse: true }); }

  /** Events whose reminder fires in a span of time. */
  async reminders(from, to) {
    return (await this.#get(`/me/reminderView(startDateTime='${from.toISOString()}',endDateTime='${to.toISOString()}')`)).value;
  }

  snooze(id, at) {
    return this.#send('POST', `/me/events/${encodeURIComponent(id)}/snoozeReminder`, { newReminderTime: { dateTime: at.toISOString().slice(0, 19), timeZone: 'UTC' } });
  }

  dismiss(id) { return this.#send('POST', `/me/events/${encodeURIComponent(id)}/dismissReminder`, {}); }

  /** Of every list, each with its list's id. */
  async allTasks() {
    const lists = (await this.#get('/me/todo/lists?$top=100')).value;
    return (await Promise.all(lists.map(async ({ id: listId }) => {
      const found = [];
      let next = `/me/todo/lists/${encodeURIComponent(listId)}/tasks?$expand=linkedResources&$top=100`;
      while (next) {
        const page = await this.#get(next);
        found.push(...page.value.map((task) => ({ ...task, listId })));
        next = page['@odata.nextLink']?.split('/graph/v1.0')[1];
      }
      return found;
    }))).flat();
  }

  async addTask(title) {
    const lists = (await this.#get('/me/todo/lists?$top=100')).value;
    const { id } = lists.find(({ wellknownListName }) => wellknownListName === 'defaultList');
    return this.#send('POST', `/me/todo/lists/${encodeURIComponent(id)}/tasks`, { title });
  }

  changeTask({ listId, id }, changes) { return this.#send('PATCH', `/me/todo/lists/${encodeURIComponent(listId)}/tasks/${encodeURIComponent(id)}`, changes); }

  removeTask({ listId, id }) { return this.#send('DELETE', `/me/todo/lists/${encodeURIComponent(listId)}/tasks/${encodeURIComponent(id)}`); }

  #get(path, headers) { return this.#send('GET', path, undefined, headers); }

  async #send(method, path, body, headers = {}) {
    for (let attempt = 0; ; attempt++) {
      this.#token ??= await this.#newToken();
      const answer = await fetch(`/graph/v1.0${path}`, {
        method,
        headers: { Authorization: `Bearer ${this.#token}`, ...(body && { 'Content-Type': 'application/json' }), ...headers },
        body: body && JSON.stringify(body),
      });
      await released();
      if (answer.status === 401 && attempt === 0) {
        this.#token = null; // expired, or the sandbox was restarted with another key
        continue;
      }
      if (!answer.ok) {
        const { error } = await answer.json().catch(() => ({}));
        throw new GraphRefusal(answer.status, error?.code ?? '', error?.message ?? '');
      }
      return answer.headers.get('Content-Type') === null ? null : answer.json();
    }
  }

  async #newToken() {
    const answer = await fetch('/sandbox/tokens', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ colleague: this.colleagueId, for: 'graph' }),
    });
    return (await answer.json()).accessToken;
  }
}

/** Graph said no. */
export class GraphRefusal extends Error {
  constructor(status, code, message) {
    super(`Graph: ${status} ${code}${message ? `, ${message}` : ''}`);
    Object.assign(this, { status, code });
  }
}

export const PAGE_SIZE = PAGE;

/** Of a message that was read alone: 0 normal, 1 personal, 2 private, 3 confidential. */
export const sensitivityOf = (message) => Number(message.singleValueExtendedProperties?.[0]?.value ?? 0);

export const recipient = ({ name, address }) => ({ emailAddress: { ...(name && { name }), address } });
