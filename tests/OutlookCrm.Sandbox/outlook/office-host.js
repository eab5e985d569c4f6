// Outlook's side of the add-in channel of Outlook on the web. It speaks to the unmodified office.js inside the task pane's frame;
// all code here is our own. What a call means is the mailbox's business (addin-mailbox.js).

const REQUEST = 0, RESPONSE = 1;                // _messageType
const REGISTER = 1, UNREGISTER = 2;             // _actionType; 0 invokes
const OF_CALL = 0, OF_EVENT = 1;                // _responseType
const FAILED = -2;                              // _errorCode
const OUTLOOK_ON_THE_WEB = 64;                  // _appName
const PERMISSION_LEVELS = { Restricted: 0, ReadItem: 1, ReadWriteMailbox: 2, ReadWriteItem: 3 };
const NO_ITEM = 6, MESSAGE = 1, APPOINTMENT = 2, WRITTEN_MESSAGE = 4, PLANNED_APPOINTMENT = 5; // itemType
const HTML = 3;                                 // coercionType
const ITEM_CHANGED = 'olkItemSelectedChanged';

const done = (data = null) => ({ error: false, errorCode: 0, data });
const refused = (errorCode) => ({ error: true, errorCode });

export class OfficeHost {
  #events = new Map(); // event name → correlation id of its registration
  #told; // what the pane was last told of the item, as JSON
  #stopped = new AbortController();
  #calls;

  /** @param {object} options see the fields; `extra` goes into the frame's name for the sandbox's own scripts */
  constructor({ container, paneUrl, mailbox, locale, requirements, permission, extra = {} }) {
    Object.assign(this, { container, mailbox, locale, requirements, permission, extra });
    this.paneUrl = new URL(paneUrl, location.href);
    this.controlId = crypto.randomUUID();
    this.conversationId = `sandbox_${crypto.randomUUID()}`;
    this.frame = Object.assign(document.createElement('iframe'), { title: 'Outlook CRM' });
    this.#calls = this.#mailboxCalls();
  }

  start() {
    addEventListener('message', (event) => this.#receive(event), { signal: this.#stopped.signal });
    // The last but one field keeps office.js from reporting to Microsoft.
    const hostInfo = ['Outlook', 'Web', '16.01', this.locale, crypto.randomUUID(), '', 'disableLogging', '0'].join('$');
    // The name survives navigation inside the frame. It must be there before the frame is: Chromium ignores later changes.
    this.frame.name = JSON.stringify({
      baseFrameName: `sandbox_${this.controlId}`,
      hostInfo,
      xdmInfo: [this.conversationId, this.controlId, location.origin].join('|'),
      serializerVersion: '1',
      flights: '[]',
      ...this.extra,
    });
    const url = new URL(this.paneUrl);
    url.searchParams.set('_host_Info', hostInfo);
    this.frame.src = url.href;
    this.container.append(this.frame);
  }

  stop() {
    this.#stopped.abort();
    this.#events.clear();
    this.frame.remove();
  }

  /** The pane has asked what is selected. */
  get hasAsked() { return this.#told !== undefined; }

  /** The selection moved: office.js rebuilds mailbox.item from this before the add-in's handler runs. */
  itemChanged() {
    if (this.#events.has(ITEM_CHANGED)) {
      const data = this.#tell();
      this.#raise(ITEM_CHANGED, this.mailbox.item() ? data : '');
    }
  }

  /** @param {string} field to, cc or bcc; requiredAttendees or optionalAttendees: somebody was named in it, or taken off */
  recipientsChanged(field) { this.#raise('olkRecipientsChanged', [JSON.stringify({ [field]: true })]); }

  themeChanged(colors) { this.#raise('officeThemeChanged', [JSON.stringify(colors)]); }

  #raise(name, data) {
    if (this.#events.has(name)) {
      this.#post({
        _messageType: RESPONSE, _responseType: OF_EVENT, _actionName: name,
        _correlationId: this.#events.get(name), _errorCode: 0, _data: data,
      });
    }
  }

  async #receive(event) {
    if (event.source !== this.frame.contentWindow || event.origin !== this.paneUrl.origin || typeof event.data !== 'string') return;
    const message = parse(event.data);
    if (message?._conversationId !== this.conversationId || message._messageType !== REQUEST) return;

    let data = { Error: 0 }, errorCode = 0;
    if (message._actionType === REGISTER) {
      this.#events.set(message._actionName, message._correlationId);
    } else if (message._actionType === UNREGISTER) {
      this.#events.delete(message._actionName);
    } else {
      try {
        data = await this.#invoke(message._actionName, message._data);
      } catch (error) {
        console.error('small Outlook: a call of the add-in failed', error);
        [errorCode, data] = [FAILED, String(error.message)];
      }
    }
    this.#post({
      _messageType: RESPONSE, _responseType: OF_CALL, _actionName: message._actionName,
      _correlationId: message._correlationId, _errorCode: errorCode, _data: data,
    });
    // The selection may have moved between the pane's first question and its listening.
    if (message._actionType === REGISTER && message._actionName === ITEM_CHANGED && JSON.stringify(this.#initialData()) !== this.#told) {
      this.itemChanged();
    }
  }

  async #invoke(action, data) {
    switch (action) {
      case 'ContextActivationManager_getAppContextAsync': return this.#appContext();
      case 'ContextActivationManager_notifyHost': return null; // focus moves and keys that leave the pane
      case 'ContextActivationManager_openWindowInHost': window.open(data.strUrl, data.strWindowName ?? '_blank'); return null;
      case 'GetInitialData': return this.#tell();
      case 'ExecuteMethod': { // Outlook's own calls
        const id = data.MethodData.DispatchId;
        if (!(id in this.#calls)) {
          console.warn(`small Outlook: call ${id} of the add-in is not supported here`);
          return { wasSuccessful: false };
        }
        return this.#calls[id](data.ApiParams ?? {});
      }
      case 'executeMethod': { // calls that all Office applications share
        const { DispatchId: id, Version } = data.DdaMethod;
        if (id === 97) {
          this.mailbox.closePane();
          return { Version, Error: 0 };
        }
        console.warn(`small Outlook: common call ${id} of the add-in is not supported here`);
        return { Version, Error: 5000 };
      }
      default: throw new Error(`unknown action ${action}`);
    }
  }

  #post(message) {
    this.frame.contentWindow?.postMessage(JSON.stringify(
      { _origin: location.origin, _serializerVersion: 1, _conversationId: this.conversationId, ...message }), this.paneUrl.origin);
  }

  #appContext() {
    const settings = Object.fromEntries(
      Object.entries(this.mailbox.roamingSettings()).map(([name, value]) => [name, JSON.stringify(value)]));
    return {
      _id: this.controlId, _appInstanceId: this.controlId, _appName: OUTLOOK_ON_THE_WEB, _appVersion: '16.01', _appMinorVersion: 1,
      _hostFullVersion: this.mailbox.hostVersion, _appUILocale: this.locale, _dataLocale: this.locale, _docUrl: location.origin,
      _clientMode: 0, _reason: 'documentOpened', _osfControlType: 1, _eToken: '', _correlationId: crypto.randomUUID(),
      _settings: settings, _requirementMatrix: JSON.stringify(this.requirements),
      _dialogRequirementMatrix: JSON.stringify({ DialogApi: '1.2', DialogOrigin: '1.1' }),
      _appDomains: [this.paneUrl.origin], _addinName: 'Outlook CRM',
      _clientWindowWidth: innerWidth, _clientWindowHeight: innerHeight,
    };
  }

  #tell() {
    const data = this.#initialData();
    this.#told = JSON.stringify(data);
    return data;
  }

  #initialData() {
    const user = this.mailbox.user(), item = this.mailbox.item();
    const base = {
      permissionLevel: PERMISSION_LEVELS[this.permission], hostVersion: this.mailbox.hostVersion, owaView: 'ThreeColumns',
      isRestIdSupported: false, userDisplayName: user.name, userEmailAddress: user.address, userTimeZone: user.timeZone,
      userProfileType: 'office365', ewsUrl: `${location.origin}/ews`, restUrl: `${location.origin}/rest`,
      extensionId: this.controlId, itemType: NO_ITEM,
    };
    if (!item) return base;
    if (item.isWritten) {
      return { ...base, itemType: item.kind === 'message' ? WRITTEN_MESSAGE : PLANNED_APPOINTMENT, conversationId: item.conversationId, seriesId: null };
    }

    const common = {
      ...base, id: item.id, itemClass: item.itemClass, subject: item.subject, normalizedSubject: item.normalizedSubject,
      dateTimeCreated: item.created, dateTimeModified: item.modified, dateTimeSent: item.sent, attachments: item.attachments,
      to: item.to.map(person), cc: item.cc.map(person), bcc: [], isRead: item.isRead, seriesId: item.seriesId ?? null,
      recurrence: null, entities: {}, regExMatches: {}, filteredEntities: {},
    };
    return item.kind === 'appointment'
      ? { ...common, itemType: APPOINTMENT, organizer: person(item.from), start: item.start, end: item.end, location: item.location, isAllDayEvent: item.allDay }
      : { ...common, itemType: MESSAGE, from: person(item.from), sender: person(item.from), conversationId: item.conversationId, internetMessageId: item.internetMessageId };
  }

  /** Outlook's calls by their numbers on the channel. */
  #mailboxCalls() {
    const box = this.mailbox;
    const openReply = (all) => (params) => { box.openReply(all, params); return done(); };
    const openItem = (params) => { box.openItem(params.itemId); return done(); };
    const openMessage = (params) => { box.openNewMessage(params); return done(); };
    const openAppointment = (params) => { box.openNewAppointment(params); return done(); };
    return {
      3: () => ({ wasSuccessful: true, customProperties: JSON.stringify(box.customProperties()) }),
      4: (params) => { box.saveCustomProperties(params.customProperties); return done(); },
      7: openAppointment, 177: openAppointment,
      8: openItem, 179: openItem, 9: openItem, 180: openItem,
      10: openReply(false), 30: openReply(false), 181: openReply(false), 183: openReply(false),
      11: openReply(true), 31: openReply(true), 182: openReply(true), 184: openReply(true),
      15: ({ recipientField }) => done(box.recipients(recipientField).map(person)),
      18: () => done(box.item().subject()),
      12: () => ({ wasSuccessful: false, errorCode: 9018, errorName: 'GenericTokenError', errorMessage: 'Exchange tokens are off.' }),
      33: (params) => box.addNotification(params) ? done() : refused(9023),
      34: () => done(box.notifications()),
      35: (params) => box.replaceNotification(params) ? done() : refused(9024),
      36: (params) => box.removeNotification(params.key) ? done() : refused(9024),
      37: async (params) => done(await (params.coercionType === HTML ? box.bodyHtml() : box.bodyText())),
      44: openMessage, 178: openMessage,
      99: () => done(''),
      157: () => done(box.categories()),
      158: (params) => box.addCategories(params.categories) ? done() : refused(9044),
      159: (params) => { box.removeCategories(params.categories); return done(); },
      160: () => done(box.masterCategories()),
      164: () => box.item().id ? done(box.item().id) : refused(9046), // not saved yet
      168: async () => done(await box.internetHeaders()),
      403: (params) => { window.open(params.launchUrl, '_blank'); return done(); },
      404: ([settings]) => {
        box.saveRoamingSettings(Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, JSON.parse(value)])));
        return done();
      },
    };
  }
}

const person = (who) => who && { name: who.name, address: who.address, recipientType: who.external ? 3 : 2, appointmentResponse: who.response };

// Other scripts post to the window too, and not everything they say is JSON.
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
