// The sign-in library, loaded only when no valid token is at hand: it weighs many times the rest of the pane.
import {
  createNestablePublicClientApplication,
  createStandardPublicClientApplication,
  InteractionRequiredAuthError,
  type Configuration,
  type IPublicClientApplication,
} from '@azure/msal-browser';
import { settings } from './settings.ts';

export interface Access {
  token: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Outlook's own sign-in (nested app authentication) has a bridge; without one MSAL signs in by a pop-up of its own. */
export type Way = 'outlook' | 'window';

const apps = new Map<Way, Promise<IPublicClientApplication>>();

/** Null when a person must act first. */
export async function silently(way: Way): Promise<Access | null> {
  const app = await open(way);
  const account = app.getActiveAccount() ?? app.getAllAccounts()[0];
  if (!account && !hasBridge(way)) {
    return null; // asking in a hidden frame fails wherever third-party cookies are blocked, and slowly
  }

  try {
    const result = await app.acquireTokenSilent({ scopes: [settings.scope], ...(account && { account }) });
    return { token: result.accessToken, expiresAt: result.expiresOn?.valueOf() ?? 0 };
  } catch (error) {
    if (error instanceof InteractionRequiredAuthError) {
      return null;
    }

    throw error;
  }
}

/** One attempt, started by one click. */
export async function interactively(way: Way, user: string): Promise<Access> {
  const app = await open(way);
  const result = await app.acquireTokenPopup({ scopes: [settings.scope], loginHint: user });
  app.setActiveAccount(result.account);
  return { token: result.accessToken, expiresAt: result.expiresOn?.valueOf() ?? 0 };
}

function open(way: Way): Promise<IPublicClientApplication> {
  const configuration: Configuration = {
    auth: {
      clientId: settings.clientId,
      authority: settings.authority,
      // Named so that no third party is asked whether this host may be trusted.
      knownAuthorities: [new URL(settings.authority).host],
      redirectUri: new URL('signIn.html', location.href).href,
    },
    cache: { cacheLocation: 'localStorage' },
  };
  const known = apps.get(way);
  if (known) {
    return known;
  }

  const app = way === 'outlook'
    ? createNestablePublicClientApplication(configuration)
    : createStandardPublicClientApplication(configuration);
  apps.set(way, app);
  app.catch(() => apps.delete(way));
  return app;
}

function hasBridge(way: Way): boolean {
  return way === 'outlook' && 'nestedAppAuthBridge' in window;
}
