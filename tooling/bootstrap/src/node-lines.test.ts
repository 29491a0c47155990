import { expect, test } from 'vitest';

import { nodeOfLine, olderLines } from './node-lines.mjs';
import { pins } from './platform.mjs';

test('every platform has the same older versions, each with its checksum', () => {
  const [first] = Object.values(olderLines);
  expect(Object.keys(olderLines)).toEqual(Object.keys(pins));
  for (const lines of Object.values(olderLines)) {
    for (const [line, { version, integrity }] of Object.entries(lines)) {
      expect(version).toBe(first?.[Number(line)]?.version);
      expect(version.startsWith(`${line}.`)).toBe(true);
      expect(Buffer.from(integrity.replace('sha512-', ''), 'base64')).toHaveLength(64);
    }
  }
});

test('this Node stands for its own line, so nothing is fetched', async () => {
  const [line] = process.versions.node.split('.');
  expect(await nodeOfLine(Number(line))).toBe(process.execPath);
});

test('a line without a pinned version is an error that names it', async () => {
  await expect(nodeOfLine(18)).rejects.toThrow('Node 18');
});
