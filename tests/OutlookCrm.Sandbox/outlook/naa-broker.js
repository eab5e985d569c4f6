// Outlook's side of nested app authentication. Outlook is signed in itself, from its start, and holds a refresh token; with it, it gets
// the pane's tokens in one call, and answers from what it has at hand while that is good, as its own sign-in library does.
// The pane gets access and ID token, never the refresh token.

const base64url = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const claimsOf = (jwt) => JSON.parse(new TextDecoder().decode(
  Uint8Array.from(atob(jwt.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))));
const seconds = () => Math.floor(Date.now() / 1000);
const keyOf = (params) => `${params.clientId} ${params.scope}`;
const scopeOf = (params) => `openid profile offline_access ${params.scope}`.trim();
const failure = (status, code, message) => Object.assign(new Error(message), { status, code });

const SPARE_SECONDS = 300; // a token that ends sooner is not given out any more

export class NaaBroker {
  #stopped = new AbortController();
  #refreshToken = null;
  #signingIn = null;
  #answers = new Map(); // client and scope → what the token endpoint said

  /** @param {string} loginHint the mailbox's address */
  constructor({ issuer, tenantId, clientId, loginHint, silent }) {
    Object.assign(this, { issuer, tenantId, clientId, loginHint, silent, requests: [], account: null, frame: null });
  }

  start() {
    addEventListener('message', (event) => this.#receive(event), { signal: this.#stopped.signal });
    this.signIn();
  }

  stop() { this.#stopped.abort(); }

  /** Outlook signs its user in when it starts, without a word; without effect when nobody is signed in at the issuer. */
  signIn() {
    this.#signingIn = this.#authorize({ clientId: this.clientId, scope: '' }, false).catch(() => null);
  }

  signOut() {
    this.#refreshToken = this.account = null;
    this.#answers.clear();
  }

  async #receive(event) {
    if (event.source !== this.frame?.contentWindow || typeof event.data !== 'string' || !event.data.includes('"NestedAppAuthRequest"')) {
      return;
    }

    const request = JSON.parse(event.data);
    this.requests.push({ method: request.method, scope: request.tokenParams?.scope });
    if (this.silent) {
      return; // an Outlook whose bridge is there and never answers
    }

    const reply = (part) => event.source.postMessage(JSON.stringify(
      { messageType: 'NestedAppAuthResponse', requestId: request.requestId, success: !part.error, ...part }), event.origin);
    try {
      if (request.method === 'GetInitContext') {
        reply({ initContext: { sdkName: 'small-outlook', sdkVersion: '1.0', capabilities: {}, ...(this.account && { accountContext: this.#accountContext() }) } });
      } else if (request.method === 'GetToken') {
        reply(this.#answer(request.tokenParams, await this.#getToken(request.tokenParams)));
      } else if (request.method === 'GetTokenPopup') {
        reply(this.#answer(request.tokenParams, await this.#authorize(request.tokenParams, true, event.origin)));
      } else {
        reply({ error: { status: 'PERSISTENT_ERROR', code: 'unsupported_method', description: request.method } });
      }
    } catch (error) {
      reply({ error: { status: error.status ?? 'PERSISTENT_ERROR', code: error.code ?? 'broker_error', description: error.message } });
    }
  }

  #accountContext() {
    const { homeAccountId, environment, tenantId } = this.account;
    return { homeAccountId, environment, tenantId };
  }

  #answer(params, tokens) {
    return {
      token: {
        access_token: tokens.access_token, id_token: tokens.id_token, expires_in: tokens.endsAt - seconds(),
        scope: params.scope, authority: params.authority, properties: null,
      },
      account: this.account,
    };
  }

  async #getToken(params) {
    const atHand = this.#answers.get(keyOf(params));
    if (atHand && !params.forceRefresh && !params.claims && atHand.endsAt - seconds() > SPARE_SECONDS) {
      return atHand;
    }

    await this.#signingIn;
    return this.#refreshToken
      ? this.#redeem(params, { grant_type: 'refresh_token', refresh_token: this.#refreshToken, scope: scopeOf(params) })
      : this.#authorize(params, false);
  }

  /** The way by the authorize endpoint, with code and PKCE: once for Outlook itself, and whenever a person has to act. */
  async #authorize(params, interactive, paneOrigin) {
    const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const challenge = base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
    const redirect = `${location.origin}/sandbox/outlook/signed-in.html`;
    const state = crypto.randomUUID();
    const url = new URL(`${this.issuer}/${this.tenantId}/oauth2/v2.0/authorize`);
    url.search = new URLSearchParams({
      response_type: 'code', client_id: params.clientId, redirect_uri: redirect, state,
      scope: scopeOf(params), code_challenge: challenge, code_challenge_method: 'S256',
      login_hint: this.loginHint, prompt: interactive ? 'select_account' : 'none', ...(paneOrigin && { brk_origin: paneOrigin }),
      ...(params.claims && { claims: params.claims }),
    });

    const answer = interactive ? await this.#visit(url, state) : await this.#ask(url);
    if (answer.error) {
      throw failure(answer.error === 'access_denied' ? 'USER_CANCEL' : 'USER_INTERACTION_REQUIRED', answer.error, answer.error_description ?? answer.error);
    }

    return this.#redeem(params, {
      grant_type: 'authorization_code', code: answer.code, redirect_uri: redirect, code_verifier: verifier,
    });
  }

  async #redeem(params, grant) {
    const response = await fetch(`${this.issuer}/${this.tenantId}/oauth2/v2.0/token`, {
      method: 'POST', body: new URLSearchParams({ client_id: params.clientId, ...grant }),
    });
    const tokens = await response.json();
    if (!response.ok) {
      this.#refreshToken = null; // used up or ended; the next question starts anew
      throw failure('USER_INTERACTION_REQUIRED', tokens.error, tokens.error_description);
    }

    const claims = claimsOf(tokens.id_token);
    this.account = {
      homeAccountId: `${claims.oid}.${claims.tid}`, environment: new URL(this.issuer).host, tenantId: claims.tid,
      username: claims.preferred_username, localAccountId: claims.oid, name: claims.name,
    };
    this.#refreshToken = tokens.refresh_token;
    const known = { ...tokens, endsAt: seconds() + tokens.expires_in };
    this.#answers.set(keyOf(params), known);
    return known;
  }

  /** Silently: the issuer is on our own origin, so we can follow it to where it sends us, as Outlook's own broker needs no frame. */
  async #ask(url) {
    const answer = await fetch(url);
    return Object.fromEntries(new URL(answer.url).searchParams);
  }

  /** A window; the page it comes back to posts its query here. */
  #visit(url, state) {
    return new Promise((resolve, reject) => {
      const surface = window.open(url, 'sign-in', 'popup,width=480,height=620');
      if (!surface) {
        reject(failure('USER_INTERACTION_REQUIRED', 'popup_window_error', 'The browser blocked the sign-in window.'));
        return;
      }

      // We close the window, not it itself: one that closes itself can look cancelled before its message arrives.
      const listening = new AbortController();
      const finish = (answer) => {
        listening.abort();
        clearInterval(watch);
        surface.close();
        resolve(answer);
      };
      const watch = setInterval(() => {
        if (surface.closed) finish({ error: 'access_denied', error_description: 'The sign-in window was closed.' });
      }, 300);
      addEventListener('message', (event) => {
        if (event.origin !== location.origin || typeof event.data?.signInAnswer !== 'string') return;
        const answer = Object.fromEntries(new URLSearchParams(event.data.signInAnswer));
        if (answer.state === state) finish(answer);
      }, { signal: listening.signal });
    });
  }
}
