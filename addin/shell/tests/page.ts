// A page for the code under test, without a browser.
import { Window } from 'happy-dom';

const window = new Window({ url: 'https://pane.example/api/pane/taskpane.html' });

export const { document } = window as unknown as { document: Document };
const { CSS, HTMLElement, HTMLInputElement, HTMLSelectElement } = window;
Object.assign(globalThis, { document, getSelection: () => window.getSelection(), CSS, HTMLElement, HTMLInputElement, HTMLSelectElement });

export function show(html: string): HTMLElement {
  document.body.innerHTML = `<main id="card">${html}</main>`;
  return document.getElementById('card')!;
}
