import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogFile } from './log-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'log-file-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a log keeps one previous file and no more', () => {
  const log = new LogFile(path.join(folder, 'a.log'), 4);
  for (const line of ['one\n', 'two\n', 'six\n', '10']) log.write(line);
  log.close();
  expect(readFileSync(path.join(folder, 'a.log'), 'utf8')).toBe('10');
  expect(readFileSync(path.join(folder, 'a.log.1'), 'utf8')).toBe('six\n');
});

test('a log continues after a restart', () => {
  for (const line of ['one\n', 'two\n']) {
    const log = new LogFile(path.join(folder, 'a.log'));
    log.write(line);
    log.close();
  }
  expect(readFileSync(path.join(folder, 'a.log'), 'utf8')).toBe('one\ntwo\n');
});

test('a log that cannot be written does not throw', () => {
  const log = new LogFile('/dev/full');
  expect(() => log.write('lost')).not.toThrow();
  const missing = new LogFile(path.join(folder, 'no such folder', 'a.log'));
  expect(() => missing.write('lost')).not.toThrow();
});
