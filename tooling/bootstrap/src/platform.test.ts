import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { isAcceptedNode, pins } from './platform.mjs';

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

test('each platform has an accepted Node, and each package a checksum', () => {
  for (const [platform, pinned] of Object.entries(pins)) {
    const node = pinned[`node-${platform}`]!;
    expect(isAcceptedNode(`v${node.version}`)).toBe(true);
    for (const { integrity } of Object.values(pinned)) {
      expect(Buffer.from(integrity.replace('sha512-', ''), 'base64')).toHaveLength(64);
    }
  }
});

test('the pinned pnpm has the version that package.json names', () => {
  const manifest = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  ) as { packageManager: string };
  for (const [platform, pinned] of Object.entries(pins)) {
    const { version } = pinned[`@pnpm/exe.${platform}`]!;
    expect(manifest.packageManager).toBe(`pnpm@${version}`);
  }
});
