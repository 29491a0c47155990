import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { platforms, thisPlatform } from '@landfall/bootstrap/platform';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Browsers } from '../src/browser/browsers.ts';
import { canSandbox, installedChromium, launchChromium } from '../src/browser/chromium.ts';
import { repositoryRoot } from '../src/launch/folder.ts';

/** Any of these flags would test pages under rules that no visitor's browser has. */
const FORBIDDEN_FLAGS = [
  '--single-process',
  '--no-zygote',
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--disable-site-isolation-trials',
  '--ignore-certificate-errors',
];

afterEach(() => void vi.unstubAllEnvs());

test('the chosen browser comes first, then those of the platform in their order', () => {
  for (const platform of Object.values(platforms)) {
    const [first, second] = platform.browsers;
    vi.stubEnv('CHROMIUM_PATH', '');
    expect(installedChromium(platform, () => true)).toBe(first);
    expect(installedChromium(platform, (path) => path !== first)).toBe(second);
    expect(installedChromium(platform, () => false)).toBeUndefined();
    vi.stubEnv('CHROMIUM_PATH', '/opt/chosen');
    expect(installedChromium(platform, () => true)).toBe('/opt/chosen');
    expect(installedChromium(platform, (path) => path !== '/opt/chosen')).toBe(first);
  }
});

describe.runIf(thisPlatform()?.hasPackagedBrowser)('the browser from the npm registry', () => {
  const browsers = new Browsers(() => launchChromium(null));
  const sites: Site[] = [];

  beforeAll(async () => {
    sites.push(await openSite(), await openSite());
  });

  afterAll(async () => {
    await browsers[Symbol.asyncDispose]();
    for (const { server } of sites) server.close();
  });

  test('runs with web security and in several processes', async () => {
    await using lent = await browsers.borrow();
    const page = await lent.browser.newPage();
    await page.goto(sites[0]!.url);

    const processes = await processesOf(lent.browser);
    const flags = flagsOf(processes.get('browser')!);

    expect(flags).toContain('--remote-debugging-pipe');
    for (const forbidden of FORBIDDEN_FLAGS) expect(flags).not.toContain(forbidden);
    expect(flags.includes('--no-sandbox')).toBe(!canSandbox());
    expect(processes.get('renderer')).toBeGreaterThan(0);
    expect(new Set(processes.values()).size).toBe(processes.size);
  });

  test('does not let a page read a response from another site', async () => {
    await using lent = await browsers.borrow();
    const page = await lent.browser.newPage();
    await page.goto(sites[0]!.url);
    const read = (url: string) =>
      page.evaluate((from) => fetch(from).then((answer) => answer.text(), String), url);

    expect(await read(sites[0]!.url)).toContain('our own page');
    expect(await read(sites[1]!.url)).toContain('Failed to fetch');
  });

  test('reaches no other machine, and has a language', async () => {
    await using lent = await browsers.borrow();
    const page = await lent.browser.newPage();
    await page.goto(sites[0]!.url.replace('127.0.0.1', 'localhost'));
    expect(await page.evaluate(() => navigator.language)).toBe('en-US');
    await expect(page.goto('http://landfall.example/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
  });

  test('is in a folder of the checkout that only its owner can enter', async () => {
    await using lent = await browsers.borrow();
    const pid = (await processesOf(lent.browser)).get('browser')!;

    const folder = path.dirname(readlinkSync(`/proc/${pid}/exe`));

    expect(path.dirname(folder)).toBe(path.join(repositoryRoot, '.toolchain'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(folder).uid).toBe(process.getuid?.());
  });

  test('fails only the pages of its borrower when it dies, and the next borrower gets a new one', async () => {
    await using neighbour = await browsers.borrow();
    const neighbours = await neighbour.browser.newPage();
    await neighbours.goto(sites[0]!.url);
    {
      await using lent = await browsers.borrow();
      const page = await lent.browser.newPage();
      await page.goto(sites[0]!.url);
      const never = page.locator('#never').waitFor();
      process.kill((await processesOf(lent.browser)).get('browser')!, 'SIGKILL');
      await expect(never).rejects.toThrow(/closed/);
    }

    await using next = await browsers.borrow();
    const page = await next.browser.newPage();
    await page.goto(sites[1]!.url);

    expect(await page.innerText('h1')).toBe('our own page');
    expect(await neighbours.innerText('h1')).toBe('our own page');
  });
});

function flagsOf(pid: number): string[] {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return words.map((word) => word.split('=')[0] ?? '');
}

interface Site {
  readonly url: string;
  readonly server: Server;
}

async function openSite(): Promise<Site> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<h1>our own page</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** The pid of each kind of process of the browser. */
async function processesOf(browser: Browser): Promise<Map<string, number>> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return new Map(processInfo.map(({ type, id }) => [type, id]));
}
