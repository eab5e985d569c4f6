// Moves the focus within the pane, and never into it: whoever has gone on to write in Outlook meanwhile writes on there.

export function focus(element: HTMLElement | null | undefined, options?: FocusOptions): void {
  if (document.hasFocus()) {
    element?.focus(options);
  }
}
