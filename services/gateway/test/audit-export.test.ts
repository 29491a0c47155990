import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { scopes } from '@landfall/contracts/scopes';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Db } from '../src/db/schema.ts';
import { appendEntries } from '../src/store/audit.ts';
import { entry } from './audit-entry.ts';
import { bootGateway, makeKey, openGatewayDatabase, rawRequest, type Gateway } from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;

beforeAll(async () => {
  nats = await testNats();
});
afterAll(() => nats[Symbol.asyncDispose]());

/** A chain of its own for each test. */
beforeEach(async () => {
  database = await testDatabase({ services: ['gateway'] });
  gateway = await bootGateway({ database, nats });
  db = await openGatewayDatabase(database);
  return async () => {
    for (const part of [gateway, db, database]) await part[Symbol.asyncDispose]();
  };
});

const HASHED_FIRST = [
  'sequence',
  'at',
  'actor',
  'publisherId',
  'procedure',
  'subject',
  'outcome',
  'reason',
  'requestedBy',
  'approvedBy',
  'from',
];

describe('GET /v1/audit/export', () => {
  const get = async (query: string, key?: { text: string }) => {
    const { text } = key ?? (await makeKey(db, scopes));
    return rawRequest(gateway, `/v1/audit/export${query}`, {
      headers: { authorization: `Bearer ${text}` },
    });
  };

  test('gives every entry once, and the chain can be checked by its description', async () => {
    await appendEntries(db, [
      entry({ before: '{"limit":1}', after: '{"limit":2}', reason: 'é "quoted"' }),
      ...Array.from({ length: 450 }, (_, n) =>
        entry({ publisherId: 'contoso', subject: `s-${n}` }),
      ),
    ]);
    const { body, headers } = await get('');
    expect(headers['content-type']).toBe('application/x-ndjson');
    const lines = body.trimEnd().split('\n');
    const oldestFirst = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .toSorted((a, b) => Number(a['sequence']) - Number(b['sequence']));
    expect(oldestFirst).toHaveLength(451);
    let hash = createHash('sha256').update('').digest('hex');
    for (const shown of oldestFirst) {
      const side = (name: string) => (name in shown ? JSON.stringify(shown[name]) : null);
      const values = HASHED_FIRST.map((name) => shown[name] ?? null);
      const { correlationId, times } = shown;
      const content = [...values, side('before'), side('after'), correlationId, times];
      const text = hash + JSON.stringify(content);
      hash = createHash('sha256').update(text).digest('hex');
      expect(shown['hash']).toBe(hash);
    }
  });

  test('gives CSV without formulas, and only the entries that match', async () => {
    await appendEntries(db, [entry({ reason: '=1+1', subject: 'a' }), entry({ subject: 'b' })]);
    const { body } = await get('?format=csv&subject=a');
    expect(body.split('\n')).toHaveLength(3);
    expect(body).toContain("'=1+1");
  });

  test('needs the scope of audit.list, is limited to a publisher, and refuses a misspelled filter', async () => {
    await appendEntries(db, [
      entry({ publisherId: 'contoso' }),
      entry({ publisherId: 'fabrikam' }),
    ]);
    expect((await get('', await makeKey(db, ['usage:read']))).status).toBe(403);
    expect((await get('?sinse=2026-01-01T00:00:00Z')).status).toBe(400);
    const { body } = await get('', await makeKey(db, scopes, 'contoso'));
    expect(body).toContain('contoso');
    expect(body).not.toContain('fabrikam');
  });
});
