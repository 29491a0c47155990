import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { packagedChromium } from './packaged-chromium.ts';

/** The machine's own Chromium is patched by the system. */
const SYSTEM_CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  // A page that asks any other machine for anything fails its test.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
  // Pages need no graphics card, and machines differ in theirs.
  '--disable-gpu',
  // Without one, a machine with no locale set gives pages the invalid language "en-US@posix".
  '--accept-lang=en-US',
];

/**
 * Headless Chromium with the protections that a visitor's browser has: web security, a process for
 * each site. It is the one at `installed`; where no file is there, the one from the npm registry.
 */
export async function launchChromium(
  installed = process.env['CHROMIUM_PATH'] ?? SYSTEM_CHROMIUM,
): Promise<Browser> {
  const program = existsSync(installed) ? { executablePath: installed } : await packagedChromium();
  return chromium.launch({ ...program, args: FLAGS, chromiumSandbox: canSandbox() });
}

/**
 * Chromium refuses its sandbox to root, and needs user namespaces for anyone else; many containers
 * forbid them. Going without is safe here: every page is our own.
 */
export function canSandbox(): boolean {
  const isRoot = process.getuid?.() === 0;
  return !isRoot && spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0;
}
