import { createHash } from 'node:crypto';
import PostalMime from 'postal-mime';

/** One mail in plain words. Only what has no header at all is not a mail. */
export async function readMail(bytes) {
  // An enclosed mail is an attachment, not more text of this one.
  const mail = await PostalMime.parse(withReadableHeaders(bytes), { forceRfc822Attachments: true });
  if (!mail.headers.some(({ key }) => /^[!-9;-~]+$/.test(key))) throw new Error('this is not a mail: it has no headers');

  return {
    kind: 'mail',
    messageId: /<[^<>\s]+>/.exec(mail.messageId ?? '')?.[0] ?? `<${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}@import.invalid>`,
    thread: /<[^<>\s]+>/.exec(mail.references ?? '')?.[0] ?? /<[^<>\s]+>/.exec(mail.inReplyTo ?? '')?.[0] ?? null,
    from: people([mail.from ?? mail.sender])[0] ?? null,
    to: people(mail.to),
    cc: people(mail.cc),
    subject: mail.subject ?? '',
    date: dateOf(mail.date) ?? receivedDate(mail.headers),
    text: mail.text ?? null,
    html: mail.html ?? null,
    headers: mail.headers.map(({ originalKey, key, value }) => ({ name: originalKey ?? key, value })),
    attachments: mail.attachments.map((file) => ({
      name: file.filename || `enclosed.${file.mimeType?.split('/')[1] ?? 'bin'}`,
      contentType: file.mimeType ?? 'application/octet-stream',
      size: file.content?.byteLength ?? 0,
    })),
  };
}

/** A group counts as its members; an entry without an address is nobody. */
const people = (list) => (list ?? []).flatMap((entry) => entry?.group ? people(entry.group)
  : entry?.address ? [{ name: entry.name ?? '', address: entry.address }] : []);

const dateOf = (text) => Number.isNaN(Date.parse(text ?? '')) ? null : new Date(text).toISOString();

/** When the last server got it, for a mail without a date that anybody can read. */
const receivedDate = (headers) => dateOf(headers.find(({ key }) => key === 'received')?.value.split(';').at(-1).trim());

/** Old programs wrote names into headers as they were, in the encoding of their country. Most of those were this one. */
function withReadableHeaders(bytes) {
  const end = bytes.indexOf('\r\n\r\n') >= 0 ? bytes.indexOf('\r\n\r\n') : bytes.indexOf('\n\n');
  const head = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head);
    return bytes;
  } catch {
    return Buffer.concat([Buffer.from(new TextDecoder('windows-1252').decode(head)), bytes.subarray(head.length)]);
  }
}
