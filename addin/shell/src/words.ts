// The few sentences that the pane says by itself; everything else comes from the server.
import type { Refusal } from './signIn.ts';

export const refusals: Record<Refusal, string> = {
  askPerson: 'Sign in with your work account to see your customers.',
  noAnswer: 'Outlook did not answer the sign-in request. Sign in through a window of its own instead.',
  windowBlocked: 'The browser blocked the sign-in window. Allow pop-ups for this page, then try again.',
  cancelled: 'Signing in was cancelled. Nothing you typed is lost.',
  unreachable: 'The customer records cannot be reached, so nobody can be signed in. Try again in a moment.',
  failed: 'Signing in did not work. Try again; if it keeps failing, tell whoever looks after Outlook CRM.',
};

export const time = (at: number): string => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

export const escape = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
