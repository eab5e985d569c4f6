// Fails the build when what every opening of the pane loads outgrows its budget. Office and MSAL are not counted.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const maxBytes = 25_000;
const loaded = new Set(['taskpane.html']);
for (const name of loaded) {
  // What a page or a chunk names without import(): scripts, styles, static imports.
  const text = readFileSync(`dist/${name}`, 'utf8');
  const names = name.endsWith('.html')
    ? text.replace(/<link rel="modulepreload"[^>]*>/g, '').matchAll(/(?:src|href)="\/api\/pane\/([^"]+\.(?:js|css))"/g)
    : text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g);
  for (const [, found] of names) {
    loaded.add(name.endsWith('.html') ? found : `assets/${found}`);
  }
}

let total = 0;
for (const name of loaded) {
  const bytes = brotliCompressSync(readFileSync(`dist/${name}`), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  total += bytes;
  console.log(`${name}: ${bytes} bytes`);
}

console.log(`pane.shell.brotli.bytes: ${total} bytes`);
if (total > maxBytes) {
  console.error(`The pane may load at most ${maxBytes} bytes.`);
  process.exit(1);
}
