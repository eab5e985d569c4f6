// The bridge of nested app authentication, which Outlook puts into the pane and MSAL looks for; it relays to the small Outlook.
(() => {
  if (window.parent === window || !window.name.startsWith('{')) {
    return; // not a pane of the small Outlook
  }

  const host = JSON.parse(window.name);
  if (host.bridge === 'off') {
    return; // an Outlook without nested app authentication
  }

  const hostOrigin = new URL(host.xdmInfo.split('|')[2]).origin;
  const relays = new Map();
  const bridge = {
    addEventListener(type, listener) {
      const relay = (event) => {
        if (event.source === window.parent && event.origin === hostOrigin
          && typeof event.data === 'string' && event.data.includes('"NestedAppAuthResponse"')) {
          listener(event.data);
        }
      };
      relays.set(listener, relay);
      window.addEventListener(type, relay);
    },
    removeEventListener(type, listener) {
      window.removeEventListener(type, relays.get(listener));
      relays.delete(listener);
    },
    postMessage(text) { window.parent.postMessage(text, hostOrigin); },
  };

  // On the desktop the bridge is in the page from the start. On the web office.js brings it, when MSAL asks for it by this function.
  if (host.bridge === 'late') {
    window.__initializeNestedAppAuth = async () => { window.nestedAppAuthBridge = bridge; };
  } else {
    window.nestedAppAuthBridge = bridge;
  }
})();
