import { expect, test } from 'vitest';
import type { OperatorCaller } from '@landfall/contracts/caller';
import { keyProcedures } from '@landfall/contracts/key-procedures';
import { changeReader } from './changes.ts';

test("what a limited caller changed is read from that publisher's list only", async () => {
  const asked: unknown[] = [];
  const read = changeReader(keyProcedures.keys, 'rotate', () => async (input) => {
    asked.push(input);
    return { items: [] };
  });
  const caller: OperatorCaller = {
    kind: 'operator',
    tenantId: 't',
    objectId: 'o',
    scopes: ['keys:write'],
    publisherId: 'contoso',
  };
  const call = { caller, correlationId: 'c', deadline: new Date(Date.now() + 1_000) };

  await (
    await read!({ keyId: 'k' }, call)
  )();

  expect(asked).toHaveLength(2);
  expect(asked).toEqual(asked.map(() => expect.objectContaining({ publisherId: 'contoso' })));
});
