import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Hono } from 'hono';

const FILES = [
  { name: 'landing.css', type: 'text/css; charset=utf-8' },
  { name: 'landing.js', type: 'text/javascript; charset=utf-8' },
] as const;

export interface Assets {
  /** Changes with the content. It is part of every asset URL, so browsers can cache assets for ever. */
  readonly version: string;
  /** The text of `landing.css`, for previews. */
  readonly stylesheet: string;
  mount(app: Hono): void;
}

/** Reads the stylesheet and the script once, at start. */
export async function loadAssets(): Promise<Assets> {
  const files = await Promise.all(
    FILES.map(async ({ name, type }) => ({
      name,
      type,
      text: await readFile(new URL(`./assets/${name}`, import.meta.url), 'utf8'),
    })),
  );
  const hash = createHash('sha256');
  for (const { text } of files) hash.update(text);
  return {
    version: hash.digest('hex').slice(0, 12),
    stylesheet: files.find(({ name }) => name === 'landing.css')?.text ?? '',
    mount(app) {
      for (const { name, type, text } of files) {
        app.get(`/landing/assets/${name}`, (c) =>
          c.body(text, 200, {
            'content-type': type,
            'cache-control': 'public, max-age=31536000, immutable',
          }),
        );
      }
    },
  };
}
