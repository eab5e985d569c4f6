import { build, defineConfig, type Plugin } from 'vite';

const target = 'es2022';

/**
 * MSAL's client for windows and frames, left out where Outlook's bridge is all that is spoken to: it is two thirds of the library. Without
 * a bridge MSAL falls back to it; then opening fails, and signIn.ts goes the other way.
 */
const withoutStandardClient: Plugin = {
  name: 'without-standard-client',
  enforce: 'pre',
  resolveId: (id) => (/\/Standard(Controller|OperatingContext)\.mjs$/.test(id) ? `\0left-out/${id}` : undefined),
  load: (id) => (id.startsWith('\0left-out/')
    ? `export class ${/Standard\w+/.exec(id)![0]} { constructor() { throw new Error('There is no bridge.'); } }`
    : undefined),
};

/**
 * Each way to sign in is one file, which is loaded when it is needed and not before. Packed by itself, as a part that both ways shared
 * would be a further file to wait for; and without the half kilobyte of preloading that Vite wraps around an import.
 */
const packedByItself: Plugin = {
  name: 'packed-by-itself',
  enforce: 'pre',
  apply: 'build',
  async transform(code, id) {
    if (!id.endsWith('/src/signIn.ts')) {
      return undefined;
    }

    for (const [name, plugins] of [['signInByOutlook', [withoutStandardClient]], ['signInByWindow', []]] as const) {
      const input = `src/${name}.ts`;
      const packed = await build({
        configFile: false,
        logLevel: 'warn',
        plugins: [...plugins],
        build: { write: false, target, rollupOptions: { input, preserveEntrySignatures: 'strict' } },
      });
      const source = 'output' in packed ? packed.output[0].code : undefined;
      const left = code.replace(`import('./${name}.ts')`, `import(/* @vite-ignore */ import.meta.ROLLUP_FILE_URL_${
        this.emitFile({ type: 'asset', name: `${name}.js`, source })})`);
      if (left === code || !source) {
        throw new Error(`signIn.ts no longer imports ${name}.ts: change vite.config.ts.`);
      }

      code = left;
    }

    return code;
  },
  /** Fetched and compiled beside office.js, while nothing else is to do; run only when somebody must be signed in. */
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle, path }) => (path.endsWith('taskpane.html')
      ? Object.keys(bundle ?? {}).filter((file) => file.startsWith('assets/signInByOutlook')).map((file) => ({
        tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/api/pane/${file}` }, injectTo: 'head',
      }))
      : []),
  },
};

const withoutIndents: Plugin = {
  name: 'without-indents',
  transformIndexHtml: { order: 'post', handler: (html) => html.replace(/<!-- [^]*? -->/g, '').replace(/\n\s*/g, '\n') },
};

// Served by the product below /api/pane/. Everything but the pages and the icons carries a content hash and may be cached for ever.
export default defineConfig({
  base: '/api/pane/',
  publicDir: '../assets',
  plugins: [packedByItself, withoutIndents],
  build: {
    target,
    cssTarget: ['chrome123', 'safari17.5', 'firefox121'],
    modulePreload: false,
    // A strict Content-Security-Policy has no data: scripts or styles.
    assetsInlineLimit: 0,
    rollupOptions: { input: ['taskpane.html', 'signIn.html'] },
  },
});
