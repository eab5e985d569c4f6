// The ordinary sign-in, in a window of its own: for an Outlook without a bridge, and for a click after a bridge that did not answer.
import { createStandardPublicClientApplication, type IPublicClientApplication } from '@azure/msal-browser';
import * as msal from './msal.ts';

let opened: Promise<IPublicClientApplication> | undefined;

function open(): Promise<IPublicClientApplication> {
  opened ??= createStandardPublicClientApplication(msal.configuration('localStorage'));
  opened.catch(() => (opened = undefined));
  return opened;
}

export async function silently(fresh: boolean): Promise<msal.Access | null> {
  const app = await open();
  // With nobody known it would ask in a hidden frame, which fails wherever third-party cookies are blocked, and slowly.
  return app.getAllAccounts().length > 0 ? msal.silently(app, fresh) : null;
}

export const interactively = async (user: string): Promise<msal.Access> => msal.interactively(await open(), user);
