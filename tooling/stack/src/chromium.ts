import { existsSync } from 'node:fs';
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
  const { default: bundled } = await import('@sparticuz/chromium');
  return chromium.launch({
    executablePath: await bundled.executablePath(),
    args: [...bundled.args, ...args],
  });
}

/** Chromium refuses its sandbox to root; the pages are our own. */
function sandboxArgs(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
