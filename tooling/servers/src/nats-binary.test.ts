import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { platforms } from '@landfall/bootstrap/platform';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { isNewEnough, natsBinary } from './nats-binary.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nats-binary-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program named nats-server that only tells its version. */
function put(version: string): string {
  const file = join(folder, 'nats-server');
  writeFileSync(file, `#!/bin/sh\necho 'nats-server: ${version}'\n`);
  chmodSync(file, 0o755);
  return file;
}

test.for([
  ['v2.14.0', true],
  ['2.10.0', true],
  ['v3.0.1', true],
  ['v2.9.10', false],
  ['v1.40.0', false],
  ['devel', false],
  [undefined, false],
] as const)('nats-server %s is new enough: %s', ([version, expected]) => {
  expect(isNewEnough(version)).toBe(expected);
});

const onPathOnly = Object.keys(platforms).filter((name) => !platforms[name]?.natsServer);

test.for(onPathOnly)('%s takes nats-server from the first folder of PATH that has it', (name) => {
  const file = put('v2.14.0');
  const path = ['/nowhere', folder, '/usr/bin'].join(delimiter);
  expect(natsBinary(platforms[name], path)).toBe(file);
});

test.for([
  ['linux-arm64', 'apt-get install nats-server'],
  ['darwin-arm64', 'brew install nats-server'],
  ['darwin-x64', 'brew install nats-server'],
] as const)('without one on PATH, %s is given the command that installs it', ([name, command]) => {
  expect(() => natsBinary(platforms[name], folder)).toThrow(command);
});

test('one on PATH that is too old is refused, with its version and the next step', () => {
  const file = put('v2.9.10');
  const find = () => natsBinary(platforms['linux-arm64'], folder);
  expect(find).toThrow(`${file} says that its version is v2.9.10`);
  expect(find).toThrow('NATS_URL');
});
