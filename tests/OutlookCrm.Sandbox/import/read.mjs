// Reads .eml and .ics files and says what is in them: file names come in, one a line; JSON goes out, one object a line.
// A file that cannot be read becomes a line with "error". Usage: node read.mjs FROM TO (the span in which series are expanded)

import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { readCalendar } from './calendar.mjs';
import { readMail } from './mail.mjs';

const MAX_BYTES = 50 * 1024 ** 2;
const span = { from: new Date(process.argv[2]), to: new Date(process.argv[3]) };

for await (const file of createInterface({ input: process.stdin })) {
  const say = (line) => process.stdout.write(`${JSON.stringify({ file, ...line })}\n`);
  try {
    const bytes = await readFile(file);
    if (bytes.length === 0) throw new Error('the file is empty');
    if (bytes.length > MAX_BYTES) throw new Error(`the file is larger than ${MAX_BYTES / 1024 ** 2} MB`);
    if (/\.ics$/i.test(file)) readCalendar(bytes, span).forEach(say); else say(await readMail(bytes));
  } catch (error) {
    say({ error: error.message.split('\n')[0] });
  }
}
