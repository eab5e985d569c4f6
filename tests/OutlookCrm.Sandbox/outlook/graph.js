// The mailbox as the small Outlook reads it: a plain client of the Graph server, with a token in the colleague's name.

const PAGE = 50;
const FIELDS = '$expand=attachments&$select=id,subject,from,toRecipients,ccRecipients,receivedDateTime,sentDateTime,lastModifiedDateTime,createdDateTime,'
  + 'isRead,hasAttachments,bodyPreview,internetMessageId,conversationId,parentFolderId';

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
    return this.#get(`/me/messages/${encodeURIComponent(id)}?${FIELDS},body,internetMessageHeaders`);
  }

  async bodyText(id) {
    const answer = await this.#get(
      `/me/messages/${encodeURIComponent(id)}?$select=body`, { Prefer: 'outlook.body-content-type="text"' });
    return answer.body.content;
  }

  /** The newest message that passes an OData filter, or null. */
  async find(filter) {
    const answer = await this.#get(`/me/messages?${FIELDS}&$top=1&$filter=${encodeURIComponent(filter)}`);
    return answer.value[0] ?? null;
  }

  /** Where a message stands in its folder, counting from 0 at the newest. */
  async positionOf(message) {
    const answer = await this.#get(`/me/mailFolders/${encodeURIComponent(message.parentFolderId)}/messages`
      + `?$select=id&$count=true&$top=1&$filter=${encodeURIComponent(`receivedDateTime gt ${message.receivedDateTime}`)}`);
    return answer['@odata.count'];
  }

  markRead(id) { return this.#send('PATCH', `/me/messages/${encodeURIComponent(id)}`, { isRead: true }); }

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

  #get(path, headers) { return this.#send('GET', path, undefined, headers); }

  async #send(method, path, body, headers = {}) {
    for (let attempt = 0; ; attempt++) {
      this.#token ??= await this.#newToken();
      const answer = await fetch(`/graph/v1.0${path}`, {
        method,
        headers: { Authorization: `Bearer ${this.#token}`, ...(body && { 'Content-Type': 'application/json' }), ...headers },
        body: body && JSON.stringify(body),
      });
      if (answer.status === 401 && attempt === 0) {
        this.#token = null; // expired, or the sandbox was restarted with another key
        continue;
      }
      if (!answer.ok) {
        throw new Error(`${method} ${path.split('?')[0]}: ${answer.status} ${(await answer.json()).error?.code ?? ''}`);
      }
      return answer.json();
    }
  }

  async #newToken() {
    const answer = await fetch('/sandbox/tokens', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ colleague: this.colleagueId, for: 'graph' }),
    });
    return (await answer.json()).accessToken;
  }
}

export const PAGE_SIZE = PAGE;
