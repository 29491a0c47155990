import { expect, test } from 'vitest';

import { nodeOfLine } from './node-lines.mjs';

test('this Node stands for its own line, so nothing is fetched', async () => {
  const [line] = process.versions.node.split('.');
  expect(await nodeOfLine(Number(line))).toBe(process.execPath);
});

test('a line without a pinned version is an error that names it', async () => {
  await expect(nodeOfLine(18)).rejects.toThrow('Node 18');
});
