import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { thisPlatform, type Platform } from '@landfall/bootstrap/platform';
import { PATIENCE_MS } from '@landfall/config/patience';
import { chromium, type Browser } from 'playwright-core';
import { packagedChromium } from './packaged-chromium.ts';

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
 * per site. Uses the installed one, or the one from the npm registry if none is installed.
 */
export async function launchChromium(
  installed: string | null = installedChromium() ?? null,
): Promise<Browser> {
  const program = installed === null ? await packagedChromium() : { executablePath: installed };
  return chromium.launch({
    ...program,
    args: FLAGS,
    chromiumSandbox: canSandbox(),
    timeout: PATIENCE_MS,
  });
}

/**
 * The machine's own browser, which gets security updates from the system: CHROMIUM_PATH, otherwise the first one that is
 * installed where this platform keeps browsers.
 */
export function installedChromium(
  platform: Platform | undefined = thisPlatform(),
  hasFile: (path: string) => boolean = existsSync,
): string | undefined {
  const chosen = process.env['CHROMIUM_PATH'];
  return [...(chosen ? [chosen] : []), ...(platform?.browsers ?? [])].find(hasFile);
}

/** Why no browser can be started here; undefined if one can. Tests that need a browser are then skipped with this reason. */
export function chromiumMissing(
  platform: Platform | undefined = thisPlatform(),
): string | undefined {
  if (platform?.hasPackagedBrowser || installedChromium(platform)) return undefined;
  const places = platform?.browsers.join(', ') ?? 'none, because this system is not supported';
  const reason = `npm has no Chromium for this system, and none is installed (looked at: ${places})`;
  console.warn(`browser tests are skipped: ${reason}; install one, or set CHROMIUM_PATH`);
  return reason;
}

/**
 * Chromium's sandbox does not work for root. On Linux it needs user namespaces, which many containers forbid to other users. On
 * macOS it needs nothing. Running without it is safe here, because every page is our own.
 */
export function canSandbox(): boolean {
  if (process.getuid?.() === 0) return false;
  if (process.platform === 'darwin') return true;
  return spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0;
}
