import { defineConfig, type Plugin } from 'vite';

/**
 * htmx holds one eval, for attributes that we do not use and a Content-Security-Policy that forbids it. A direct eval also
 * keeps the minifier from renaming anything around it: without it the script is a quarter smaller.
 */
const withoutEval: Plugin = {
  name: 'without-eval',
  transform(code, id) {
    if (!id.endsWith('/htmx.esm.js')) {
      return undefined;
    }

    const found = 'return eval(str)';
    if (code.split(found).length !== 2) {
      throw new Error('htmx has moved its eval: look where, and change this plugin.');
    }

    return code.replace(found, 'throw new Error(str)');
  },
};

// Served by the product below /api/pane/. Everything but the pages carries a content hash and may be cached for ever.
export default defineConfig({
  base: '/api/pane/',
  plugins: [withoutEval],
  build: {
    target: 'es2022',
    modulePreload: false,
    // A strict Content-Security-Policy has no data: scripts or styles.
    assetsInlineLimit: 0,
    rollupOptions: { input: ['taskpane.html', 'signIn.html'] },
  },
});
