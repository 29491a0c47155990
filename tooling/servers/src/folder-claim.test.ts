import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { claimFolder } from './folder-claim.ts';
import { processMark } from './process-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'claim-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function leave(claim: string): void {
  claimFolder(folder, 'x')();
  writeFileSync(join(folder, 'launcher.json'), claim);
}

test('a folder belongs to one launcher until it releases the claim', () => {
  const release = claimFolder(folder, 'x');
  expect(() => claimFolder(folder, 'x')).toThrow(`process ${process.pid}`);
  release();
  claimFolder(folder, 'x')();
});

test('a claim of a process that has ended does not count', () => {
  leave(JSON.stringify({ pid: 2 ** 22 + 1, mark: '1' }));
  claimFolder(folder, 'x')();
});

test('a claim whose pid now belongs to another process does not count', () => {
  leave(JSON.stringify({ pid: process.pid, mark: `${processMark(process.pid)}0` }));
  claimFolder(folder, 'x')();
});

test('an incomplete claim does not count', () => {
  leave('{"pid":');
  utimesSync(join(folder, 'launcher.json'), 0, 0);
  claimFolder(folder, 'x')();
});

test('a claim that is just being written counts', () => {
  leave('');
  expect(() => claimFolder(folder, 'x')).toThrow('another process');
});
