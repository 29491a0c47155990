import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { isAcceptedNode, otherNodeLines, platformName, platforms } from './platform.mjs';

test.for([
  ['v20.20.2', false],
  ['v22.21.0', false],
  ['v24.3.0', false],
  ['v24.11.0', true],
  ['v24.21.0', true],
  ['v25.1.0', false],
  ['v26.0.0', true],
] as const)('Node %s is accepted: %s', ([version, accepted]) => {
  expect(isAcceptedNode(version)).toBe(accepted);
});

const glibc: string[] = [];
const muslOnX64 = ['/lib/ld-musl-x86_64.so.1'];
const muslOnArm = ['/lib/ld-musl-aarch64.so.1'];

test.for([
  ['linux', 'x64', glibc, 'linux-x64', true],
  ['linux', 'arm64', glibc, 'linux-arm64', true],
  ['darwin', 'arm64', glibc, 'darwin-arm64', true],
  ['darwin', 'x64', glibc, 'darwin-x64', true],
  ['linux', 'x64', muslOnX64, 'linux-x64-musl', false],
  ['linux', 'arm64', muslOnArm, 'linux-arm64-musl', false],
  ['linux', 'riscv64', glibc, 'linux-riscv64', false],
  ['win32', 'x64', glibc, 'win32-x64', false],
] as const)(
  'a machine with %s on %s and the files %j is %s, which is supported: %s',
  ([platform, arch, files, name, isSupported]) => {
    const hasFile = (path: string) => files.some((file) => file === path);
    expect(platformName({ platform, arch, hasFile })).toBe(name);
    expect(platforms[name] !== undefined).toBe(isSupported);
  },
);

test.for(Object.entries(platforms))(
  '%s gets programs for its own system, and Node in an accepted version',
  ([name, { node, pnpm, postgres, natsServer = name, browsers }]) => {
    for (const one of [node.name, pnpm.name, postgres, natsServer]) expect(one).toContain(name);
    expect(isAcceptedNode(`v${node.version}`)).toBe(true);
    const start = name.startsWith('darwin') ? '/Applications/' : '/usr/bin/';
    expect(browsers.length).toBeGreaterThan(0);
    expect(browsers.filter((browser) => !browser.startsWith(start))).toEqual([]);
  },
);

test.for(Object.entries(otherNodeLines))('%s has every Node line once', ([name, lines]) => {
  const own = platforms[name]?.node.version.split('.')[0];
  const missing = ['20', '22', '24'].filter((line) => line !== own && !(line in lines));
  expect(missing).toEqual([]);
  for (const [line, pin] of Object.entries(lines)) {
    expect(pin.name).toContain(name);
    expect(pin.version.startsWith(`${line}.`)).toBe(true);
  }
});

test('every pinned package has a sha512', () => {
  const lines = Object.values(otherNodeLines).flatMap((one) => Object.values(one));
  const tools = Object.values(platforms).flatMap(({ node, pnpm }) => [node, pnpm]);
  for (const { integrity } of [...tools, ...lines]) {
    expect(Buffer.from(integrity.replace('sha512-', ''), 'base64')).toHaveLength(64);
  }
});

test('every platform has the pnpm of package.json, or an earlier one of the same major version', () => {
  const manifest = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  ) as { packageManager: string };
  const wanted = manifest.packageManager.replace('pnpm@', '');
  for (const [name, { pnpm }] of Object.entries(platforms)) {
    if (name.startsWith('linux')) expect(pnpm.version).toBe(wanted);
    expect(pnpm.version.split('.')[0]).toBe(wanted.split('.')[0]);
    expect(pnpm.version.localeCompare(wanted, 'en', { numeric: true })).toBeLessThanOrEqual(0);
  }
});

test('the README has a row for every platform, with the versions and what npm has', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const [name, { node, pnpm, natsServer, hasPackagedBrowser }] of Object.entries(platforms)) {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    const [, , fromNpm = ''] = row?.split('|') ?? [];
    expect(fromNpm).toContain(`Node ${node.version}, pnpm ${pnpm.version}, PostgreSQL`);
    expect(fromNpm.includes('nats-server')).toBe(natsServer !== undefined);
    expect(fromNpm.includes('Chromium')).toBe(hasPackagedBrowser);
  }
});
