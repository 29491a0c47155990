import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

/** The machine's own Chromium starts faster and is patched by the system. */
const SYSTEM_CHROMIUM = '/usr/bin/chromium';

/**
 * Headless Chromium: the one named by CHROMIUM_PATH, the system's, or the one from the npm registry.
 * It resolves loopback names alone, so a page that asks anybody else for anything fails its test.
 */
export async function launchChromium(): Promise<Browser> {
  const args = ['--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost'];
  const system = process.env['CHROMIUM_PATH'] ?? SYSTEM_CHROMIUM;
  if (existsSync(system)) {
    return chromium.launch({ executablePath: system, args: [...args, ...sandboxArgs()] });
  }
  const { default: bundled, inflate } = await import('@sparticuz/chromium');
  // Its own copies of the libraries that a bare system lacks (NSS, above all) lie packed beside it.
  const packed = new URL('../../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium'));
  const libraries = path.join(await inflate(fileURLToPath(packed)), 'lib');
  return chromium.launch({
    executablePath: await bundled.executablePath(),
    args: [...bundled.args, ...args],
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  });
}

/** Chromium refuses its sandbox to root; the pages are our own. */
function sandboxArgs(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
