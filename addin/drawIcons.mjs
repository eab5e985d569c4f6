// Draws the add-in's icons: a card with a person on it. `node drawIcons.mjs` writes them to assets/.
import { writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

const blue = [15, 108, 189];
const white = [255, 255, 255];
const samples = 8; // each way, for smooth edges

/** Colour of a point, both axes 0..1; null where nothing is drawn. */
function cardAt(x, y) {
  const radius = 0.2;
  const dx = Math.max(Math.abs(x - 0.5) - (0.5 - radius), 0);
  const dy = Math.max(Math.abs(y - 0.5) - (0.5 - radius), 0);
  if (Math.hypot(dx, dy) > radius) {
    return null;
  }

  const head = Math.hypot(x - 0.5, y - 0.36) < 0.15;
  const shoulders = y < 0.8 && Math.hypot((x - 0.5) / 0.3, (y - 0.8) / 0.24) < 1;
  return head || shoulders ? white : blue;
}

/** The same as a white line drawing, for the unified manifest: Outlook colours its ground. */
function outlineAt(x, y) {
  const width = 0.07;
  const head = Math.abs(Math.hypot(x - 0.5, y - 0.32) - 0.17) < width / 2;
  const [dx, dy] = [(x - 0.5) / 0.34, (y - 0.88) / 0.32];
  const shoulders = y < 0.88 + width / 2 && Math.abs(Math.hypot(dx, dy) - 1) < width / 0.66;
  const base = Math.abs(y - 0.88) < width / 2 && Math.abs(x - 0.5) < 0.34 + width / 2;
  return head || (shoulders && y < 0.88) || base ? white : null;
}

function pixels(size, at) {
  const rows = [];
  for (let y = 0; y < size; y++) {
    rows.push(0); // no filter
    for (let x = 0; x < size; x++) {
      const sum = [0, 0, 0];
      let hits = 0;
      for (let i = 0; i < samples * samples; i++) {
        const colour = at((x + ((i % samples) + 0.5) / samples) / size, (y + (Math.floor(i / samples) + 0.5) / samples) / size);
        if (colour) {
          hits++;
          colour.forEach((value, channel) => (sum[channel] += value));
        }
      }

      rows.push(...sum.map((value) => (hits ? Math.round(value / hits) : 0)), Math.round((hits / samples ** 2) * 255));
    }
  }

  return Buffer.from(rows);
}

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) {
    c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  }

  return c >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const crc = body.reduce((c, byte) => crcTable[(c ^ byte) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff;
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc >>> 0, body.length + 4);
  return out;
}

function png(size, at) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits, RGBA
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels(size, at), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

for (const size of [16, 25, 32, 48, 50, 64, 75, 80, 96, 128, 144]) {
  writeFileSync(new URL(`assets/icon-${size}.png`, import.meta.url), png(size, cardAt));
}

writeFileSync(new URL('assets/color.png', import.meta.url), png(192, cardAt));
writeFileSync(new URL('assets/outline.png', import.meta.url), png(32, outlineAt));
