import { expect, test } from 'vitest';
import { z } from 'zod';
import { createSealer } from './sealing.ts';

const OLD = 'o'.repeat(32);
const NEW = 'n'.repeat(32);
const content = z.object({ word: z.string() });
const noon = new Date('2026-11-20T12:00:00Z');
const one = new Date('2026-11-20T13:00:00Z');

function sealer(secrets: string[], purpose = 'session', at = noon) {
  return createSealer({ secrets, service: 'landing', purpose, content, now: () => at });
}

test('sealed text can be opened again, and is unreadable in between', async () => {
  const text = await sealer([OLD]).seal({ word: 'confidential' }, { expiresAt: one });
  expect(Buffer.from(text, 'base64url').toString('latin1')).not.toContain('confidential');
  expect(await sealer([OLD]).open(text)).toEqual({ word: 'confidential' });
});

test('text sealed with the old secret can be opened until that secret is removed', async () => {
  const text = await sealer([OLD]).seal({ word: 'kept' }, { expiresAt: one });
  expect(await sealer([NEW, OLD]).open(text)).toEqual({ word: 'kept' });
  expect(await sealer([NEW]).open(text)).toBeUndefined();
});

test('a text of another purpose or place, changed, expired or foreign cannot be opened', async () => {
  const text = await sealer([OLD]).seal({ word: 'x' }, { expiresAt: one, subject: 'visit-1' });
  expect(await sealer([OLD]).open(text, 'visit-1')).toEqual({ word: 'x' });
  expect(await sealer([OLD]).open(text, 'visit-2')).toBeUndefined();
  expect(await sealer([OLD], 'token').open(text, 'visit-1')).toBeUndefined();
  // The last character may have unused bits, so another one could stand for the same bytes.
  const changed = `${text.slice(0, -2)}${text.at(-2) === 'A' ? 'B' : 'A'}${text.at(-1)}`;
  expect(await sealer([OLD]).open(changed, 'visit-1')).toBeUndefined();
  expect(await sealer([OLD], 'session', one).open(text, 'visit-1')).toBeUndefined();
  expect(await sealer([OLD]).open('eyJub3QiOiJvdXJzIn0.x.y')).toBeUndefined();
  expect(await sealer([OLD]).open(undefined)).toBeUndefined();
});
