// What both ways of signing in share. Each is a chunk of its own with its part of MSAL, loaded only when no valid token is at hand:
// the library weighs many times the rest of the pane.
import { InteractionRequiredAuthError, type Configuration, type IPublicClientApplication } from '@azure/msal-browser';
import { settings } from './settings.ts';

export interface Access {
  token: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export function configuration(cacheLocation: 'memoryStorage' | 'localStorage'): Configuration {
  return {
    auth: {
      clientId: settings.clientId,
      authority: settings.authority,
      // Named so that no third party is asked whether this host may be trusted.
      knownAuthorities: [new URL(settings.authority).host],
      redirectUri: new URL('signIn.html', location.href).href,
    },
    cache: { cacheLocation },
  };
}

/** Null when a person must act first. `fresh`: the token at hand will not do any more. */
export async function silently(app: IPublicClientApplication, fresh: boolean): Promise<Access | null> {
  const account = app.getActiveAccount() ?? app.getAllAccounts()[0];
  try {
    const result = await app.acquireTokenSilent({ scopes: [settings.scope], forceRefresh: fresh, ...(account && { account }) });
    return { token: result.accessToken, expiresAt: result.expiresOn?.valueOf() ?? 0 };
  } catch (error) {
    if (error instanceof InteractionRequiredAuthError) {
      return null;
    }

    throw error;
  }
}

/** One attempt, started by one click. */
export async function interactively(app: IPublicClientApplication, user: string): Promise<Access> {
  const result = await app.acquireTokenPopup({ scopes: [settings.scope], loginHint: user });
  app.setActiveAccount(result.account);
  return { token: result.accessToken, expiresAt: result.expiresOn?.valueOf() ?? 0 };
}
