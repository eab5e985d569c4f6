import { defineConfig, type Plugin } from 'vite';

/** Leaves out of a script what it must not or cannot do here. Fails when the script no longer has it where it was. */
function without(what: string, code: string, found: RegExp, instead: string): string {
  const left = code.replace(found, instead);
  if (left === code) {
    throw new Error(`htmx no longer has ${what} where it was: change vite.config.ts.`);
  }

  return left;
}

/**
 * htmx as the pane may use it. Its one eval is for attributes that we do not use and a Content-Security-Policy that forbids
 * them, and a direct eval keeps the minifier from renaming anything around it. Outlook takes the History API away. Neither
 * our views nor our answers have hx-on, event filters, out-of-band swaps or HX-Trigger headers. What htmx would log is an
 * aborted or failed request, which requests.ts deals with; faults of ours are thrown as well.
 */
const fittedHtmx: Plugin = {
  name: 'fitted-htmx',
  transform(code, id) {
    if (!id.endsWith('/htmx.esm.js')) {
      return undefined;
    }

    const emptied = [
      'saveToHistoryCache', 'getCachedHistory', 'cleanInnerHtmlForHistory', 'saveCurrentPageToHistory', 'pushUrlIntoHistory',
      'loadHistoryFromServer', 'restoreHistory', 'boostElement', 'insertIndicatorStyles', 'logError',
      'oobSwap', 'maybeGenerateConditional', 'processHxOnWildcard', 'handleTriggerHeader',
    ];
    return emptied.reduce(
      (left, name) => without(name, left, new RegExp(`\\n  function ${name}\\(([^]*?)\\) \\{\\n[^]*?\\n  \\}\\n`), `\n  function ${name}($1) {}\n`),
      without('eval', code, /return eval\(str\)/, 'throw new Error(str)'),
    );
  },
};

/** Loads a module when it is needed and not before, without the half kilobyte of preloading that Vite wraps around an import. */
const plainLazyImport: Plugin = {
  name: 'plain-lazy-import',
  enforce: 'pre',
  apply: 'build',
  transform(code, id) {
    if (!id.endsWith('/src/signIn.ts')) {
      return undefined;
    }

    const chunk = this.emitFile({ type: 'chunk', id: 'src/msal.ts', preserveSignature: 'strict' });
    return code.replace("import('./msal.ts')", `import(/* @vite-ignore */ import.meta.ROLLUP_FILE_URL_${chunk})`);
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
  plugins: [fittedHtmx, plainLazyImport, withoutIndents],
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'safari17.5', 'firefox121'],
    modulePreload: false,
    // A strict Content-Security-Policy has no data: scripts or styles.
    assetsInlineLimit: 0,
    rollupOptions: { input: ['taskpane.html', 'signIn.html'] },
  },
});
