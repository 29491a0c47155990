import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` finds the API: the gateway of `npm start`. */
const GATEWAY = process.env['LANDFALL_URL'] ?? 'http://127.0.0.1:4000';

/** The languages of `src/words`; react-aria brings the strings of 30. */
const locales = ['en-US', 'de-DE', 'fr-FR', 'es-ES', 'nl-NL', 'ja-JP'];

export default defineConfig({
  base: '/console/',
  plugins: [react(), { ...optimizeLocales.vite({ locales }), enforce: 'pre' as const }],
  build: { modulePreload: { polyfill: false }, assetsInlineLimit: 0, sourcemap: false },
  server: {
    proxy: Object.fromEntries(
      ['/trpc', '/console/session', '/console/sign-in', '/console/sign-out'].map((path) => [
        path,
        { target: GATEWAY, changeOrigin: true },
      ]),
    ),
  },
});
