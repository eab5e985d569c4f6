// Outlook's own sign-in (nested app authentication): it answers over a bridge, mostly from what it has at hand. Packed with a third of
// MSAL: the client for windows and frames is left out while building, so opening fails where the bridge turns out to lead nowhere.
import { createNestablePublicClientApplication, type IPublicClientApplication } from '@azure/msal-browser';
import * as msal from './msal.ts';

let opened: Promise<IPublicClientApplication> | undefined;

function open(): Promise<IPublicClientApplication> {
  // We keep the token ourselves (signIn.ts), and Outlook has its own.
  return (opened ??= createNestablePublicClientApplication(msal.configuration('memoryStorage')));
}

/** Never answers when Outlook does not. */
export const works = (): Promise<boolean> => open().then(() => true, () => false);

export const silently = async (fresh: boolean): Promise<msal.Access | null> => msal.silently(await open(), fresh);

export const interactively = async (user: string): Promise<msal.Access> => msal.interactively(await open(), user);
