import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { packagedChromium } from './packaged-chromium.ts';

/** The machine's own Chromium, which gets security updates from the system. */
const SYSTEM_CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  // A page that makes a request to another machine fails its test.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
  // Pages need no graphics card, and machines have different ones.
  '--disable-gpu',
  // Without this, a machine without a locale gives pages the invalid language "en-US@posix".
  '--accept-lang=en-US',
];

/**
 * Headless Chromium with the same protections as a visitor's browser: web security, and one process
 * per site. Uses the one at `installed`, or the one from the npm registry if that file does not
 * exist.
 */
export async function launchChromium(
  installed = process.env['CHROMIUM_PATH'] ?? SYSTEM_CHROMIUM,
): Promise<Browser> {
  const program = existsSync(installed) ? { executablePath: installed } : await packagedChromium();
  return chromium.launch({ ...program, args: FLAGS, chromiumSandbox: canSandbox() });
}

/** Why no browser can be started here; undefined if one can. Tests that need a browser are then skipped with this reason. */
export function chromiumMissing(): string | undefined {
  const installed = process.env['CHROMIUM_PATH'] ?? SYSTEM_CHROMIUM;
  if (existsSync(installed) || process.arch === 'x64') return undefined;
  const reason = `no Chromium at ${installed}, and the packaged one needs x64`;
  console.warn(`browser tests are skipped: ${reason}; set CHROMIUM_PATH`);
  return reason;
}

/**
 * Chromium's sandbox does not work for root, and needs user namespaces for other users, which many
 * containers forbid. Running without it is safe here, because every page is our own.
 */
export function canSandbox(): boolean {
  const isRoot = process.getuid?.() === 0;
  return !isRoot && spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0;
}
