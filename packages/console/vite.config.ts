import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isLiteralElement, parse } from '@formatjs/icu-messageformat-parser';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { sizeBudget } from './size-budget.ts';

/** Where `vite` finds the API: the gateway of `npm start`. */
const GATEWAY = process.env['LANDFALL_URL'] ?? 'http://127.0.0.1:4400';

/** The languages of `src/words`; react-aria brings the strings of 30. */
const locales = ['en-US', 'de-DE', 'fr-FR', 'es-ES', 'nl-NL', 'ja-JP'];

export default defineConfig({
  base: '/console/',
  plugins: [
    react(),
    { ...optimizeLocales.vite({ locales }), enforce: 'pre' as const },
    compiledWords(),
    sizeBudget(),
    removeOldFiles(),
  ],
  build: {
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    emptyOutDir: false,
  },
  server: {
    proxy: Object.fromEntries(
      ['/trpc', '/v1', '/console/sign-in', '/console/sign-out'].map((path) => [
        path,
        // The gateway refuses calls of other origins.
        { target: GATEWAY, changeOrigin: true, headers: { origin: new URL(GATEWAY).origin } },
      ]),
    ),
  },
});

/**
 * Removes the files of earlier builds once those of this build are there. Emptying the folder first would break pages that are
 * still loading, such as those of tests while another process builds the same console.
 */
export function removeOldFiles(): Plugin {
  return {
    name: 'remove-old-files',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      const folder = path.join(dir, 'assets');
      for (const name of readdirSync(folder)) {
        // A compressed copy stays as long as its file.
        const file = `assets/${name.replace(/\.(?:br|gz)$/, '')}`;
        if (!(file in bundle)) rmSync(path.join(folder, name), { force: true });
      }
    },
  };
}

/** Parses messages while building, so that browsers load no parser (10 kB). Plain texts stay as they are. */
function compiledWords(): Plugin {
  const PARSER = '@formatjs/icu-messageformat-parser';
  return {
    name: 'compiled-words',
    enforce: 'pre',
    resolveId(source, importer) {
      const isFormatter = importer?.includes('/intl-messageformat/') === true;
      return source === PARSER && isFormatter
        ? this.resolve(`${PARSER}/no-parser.js`, importer)
        : null;
    },
    transform: {
      filter: { id: /\/src\/words\/[\w-]+\/\w+\.json$/ },
      handler(text) {
        const messages = JSON.parse(text) as Record<string, string>;
        const compiled = Object.entries(messages).map(([key, message]) => {
          const elements = parse(message, { captureLocation: false });
          const [only] = elements;
          const isPlain = elements.length === 1 && only !== undefined && isLiteralElement(only);
          return [key, isPlain ? only.value : elements];
        });
        const json = JSON.stringify(Object.fromEntries(compiled));
        return { code: `export default ${json}`, moduleType: 'js', map: null };
      },
    },
  };
}
