import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLandfallClient } from '@landfall/client';
import { errorDetails } from '@landfall/client/errors';
import { billingProcedures } from '@landfall/contracts/billing-procedures';
import { createRouter } from '@landfall/contracts/procedures';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { serveProcedures } from '@landfall/service-kit/rpc';
import type { Db } from '../src/db/schema.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  silent,
  testBus,
  type Gateway,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;
let bus: Bus;

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
  [db, bus] = await Promise.all([openGatewayDatabase(database), testBus(nats)]);
});
afterAll(async () => {
  for (const each of [gateway, db, bus, nats, database]) await each[Symbol.asyncDispose]();
});

test('if one service does not answer, nothing is erased and the caller learns which one it was', async () => {
  let isErased = false;
  const personalData = {
    people: async () => ({ people: [] }),
    export: async () => ({ findings: [], data: {}, isComplete: true }),
    erase: async () => {
      isErased = true;
      return { findings: [] };
    },
  };
  const router = createRouter(billingProcedures, {} as never);
  const owner = 'billing-sync' as const;
  await using _ = serveProcedures({ owner, router, bus, log: silent, personalData });
  const { text } = await makeKey(db, ['personal-data:read', 'personal-data:write']);
  const { personalData: api } = createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: text });
  const objectId = randomUUID();

  const answers = await Promise.allSettled([
    api.export.query({ objectId }),
    api.erase.mutate({ objectId, reason: 'Request', dryRun: false }),
  ]);

  for (const answer of answers) {
    const error: unknown = answer.status === 'rejected' ? answer.reason : undefined;
    expect(errorDetails(error)).toMatchObject({ fault: 'personal-data.incomplete' });
    expect(String(error)).toMatch(
      /The service (webhook-ingest|fulfillment-worker|landing) did not/,
    );
  }
  expect(isErased).toBe(false);
});
