import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { consoleSources, isConsoleFresh } from './console-build.ts';

const EARLIER = new Date('2026-01-01T10:00:00Z');
const LATER = new Date('2026-01-01T10:00:01Z');

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'landfall-console-'));
  folder = path.join(root, 'packages', 'console');
  for (const name of consoleSources) write(name, EARLIER);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, at: Date): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  utimesSync(file, at, at);
}

test('a console is fresh if its build ended after the last change', () => {
  expect(isConsoleFresh(folder)).toBe(false);
  write('dist/index.html', LATER);
  write('dist/complete', LATER);
  expect(isConsoleFresh(folder)).toBe(true);
});

test('a build that was cut off is not fresh, although its page is newer than the change', () => {
  write('dist/index.html', LATER);
  expect(isConsoleFresh(folder)).toBe(false);
  write('dist/complete', new Date('2025-12-31T10:00:00Z'));
  expect(isConsoleFresh(folder)).toBe(false);
});

test.each(consoleSources)('a console is not fresh after a change of %s', (name) => {
  write('dist/complete', LATER);
  write(name, new Date('2026-01-01T10:00:02Z'));
  expect(isConsoleFresh(folder)).toBe(false);
});
