// What the server wrote into the page.

const read = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="crm-${name}"]`)?.content ?? '';

export const settings = {
  clientId: read('client-id'),
  authority: read('authority'),
  scope: read('scope'),
};
