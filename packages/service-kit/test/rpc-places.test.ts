import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { errorDetails } from '../src/rpc/errors.ts';
import { procedureClient } from '../src/rpc/nats.ts';
import { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Caller } from '@landfall/contracts/caller';
import { createRouter, type Call, type Handlers } from '@landfall/contracts/procedures';
import { testNats, type TestNats } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { procedureTransport, serveProcedures } from '../src/rpc/rpc.ts';
import { testLog } from './fixture.ts';

let nats: TestNats;
let owner: Bus;
let callers: Bus;
beforeAll(async () => {
  nats = await testNats();
  owner = await connectBus({ url: nats.url, name: 'fulfillment-worker', log: testLog() });
  callers = await connectBus({ url: nats.url, name: 'gateway', log: testLog() });
});
afterAll(async () => {
  for (const each of [callers, owner, nats]) await each[Symbol.asyncDispose]();
});

type FulfillmentHandlers = Handlers<typeof fulfillmentProcedures>;
type Change = FulfillmentHandlers['subscriptions']['change'];
type Decide = FulfillmentHandlers['decisions']['decide'];

/** An owner with these two procedures. Each call of `change` waits until the test releases it. */
function serve(decide: Decide = async () => ({ answer: 'refuse' as const })) {
  const held: { readonly call: Call; readonly letGo: () => void }[] = [];
  const change: Change = async ({ changeId }, call) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held.push({ call, letGo: resolve });
    await promise;
    return { changeId, state: 'requested' as const };
  };
  const nobody = async (): Promise<never> => {
    throw new Error('no test asks for it');
  };
  const others = Object.fromEntries(
    Object.entries(fulfillmentProcedures).map(([namespace, specs]) => [
      namespace,
      Object.fromEntries(Object.keys(specs).map((name) => [name, nobody])),
    ]),
  ) as unknown as FulfillmentHandlers;
  const handlers = {
    ...others,
    subscriptions: { ...others.subscriptions, change },
    decisions: { ...others.decisions, decide },
  };
  const router = createRouter(fulfillmentProcedures, handlers, {
    publisherOf: {
      ...Object.fromEntries(
        ['subscription', 'run', 'destination', 'delivery'].map((thing) => [thing, nobody]),
      ),
      change: async () => 'contoso',
    } as never,
  });
  const serving = serveProcedures({
    owner: 'fulfillment-worker',
    router,
    bus: owner,
    log: testLog(),
  });
  const letAllGo = () => held.forEach(({ letGo }) => letGo());
  return {
    held,
    letAllGo,
    async [Symbol.asyncDispose]() {
      const closed = serving[Symbol.asyncDispose]();
      letAllGo();
      await closed;
    },
  };
}

const client = (caller: Caller) =>
  procedureClient({
    owner: 'fulfillment-worker',
    transport: procedureTransport(callers),
    caller,
    correlationId: () => randomUUID(),
    timeoutMs: PATIENCE_MS,
  });
const key = (keyId: string, publisherId?: string): Caller => ({
  kind: 'api-key',
  keyId,
  scopes: ['subscriptions:read'],
  publisherId,
});
const landing: Caller = { kind: 'service', name: 'landing' };

function decide(publisherId: string) {
  return client({ kind: 'service', name: 'webhook-ingest' }).decisions.decide.mutate({
    notificationId: randomUUID(),
    publisherId,
    operationId: randomUUID(),
    subscriptionId: randomUUID(),
    action: 'ChangePlan',
    receivedAt: new Date().toISOString(),
  });
}

function callMany(caller: Caller, count: number) {
  const ended: string[] = [];
  const calls = Array.from({ length: count }, async () => {
    const called = client(caller).subscriptions.change.query({ changeId: randomUUID() });
    const outcome = await called.then(
      () => 'answered',
      (error: unknown) => errorDetails(error)?.fault ?? 'failed',
    );
    ended.push(outcome);
    return outcome;
  });
  return { ended, outcomes: Promise.all(calls) };
}

const heldOf = (server: ReturnType<typeof serve>, isMeant: (caller: Caller) => boolean) =>
  server.held.filter(({ call }) => isMeant(call.caller)).length;

test('a decision is made at once, even if endless calls occupy every other place', async () => {
  await using server = serve();
  const keys = Array.from({ length: 20 }, (_, index) => callMany(key(`key-${index}`), 40));
  const all = [callMany(landing, 400), ...keys];
  await until('no further call is begun', () => server.held.length === 256);

  expect(await decide('contoso')).toEqual({ answer: 'refuse' });

  await until('all have been begun', () => {
    server.letAllGo();
    return server.held.length === 1200;
  });
  server.letAllGo();
  for (const { outcomes } of all) expect(new Set(await outcomes)).toEqual(new Set(['answered']));
});

test("a flood of one publisher's decisions leaves places for those of another", async () => {
  const stuck = Promise.withResolvers<void>();
  let begun = 0;
  await using _server = serve(async ({ publisherId }) => {
    if (publisherId === 'contoso') {
      begun += 1;
      await stuck.promise;
    }
    return { answer: 'refuse' as const };
  });
  const flood = Array.from({ length: 300 }, () => decide('contoso'));
  await until("the publisher's places are taken", () => begun === 128);

  expect(await decide('fabrikam')).toEqual({ answer: 'refuse' });

  stuck.resolve();
  await Promise.all(flood);
});

test('the keys of one publisher share a few places, and another key is still answered', async () => {
  await using server = serve();
  const isContosos = (caller: Caller) => caller.kind === 'api-key' && caller.keyId !== 'house';
  const noisy = ['first', 'second'].map((name) => callMany(key(name, 'contoso'), 100));
  await until('some are begun', () => heldOf(server, isContosos) === 8);

  const other = callMany(key('house'), 1);
  await until('the other key is served', () => server.held.length === 9);
  expect(heldOf(server, isContosos)).toBe(8);

  await until('all have been begun', () => {
    server.letAllGo();
    return server.held.length === 201;
  });
  server.letAllGo();
  expect(await other.outcomes).toEqual(['answered']);
  for (const { outcomes } of noisy) expect(new Set(await outcomes)).toEqual(new Set(['answered']));
});

test('excess calls of one caller are refused, and another service is still served', async () => {
  await using server = serve();
  const { ended, outcomes } = callMany(key('noisy'), 500);
  await until('the surplus is refused', () => ended.length === 500 - 8 - 256);

  const buyer = callMany(landing, 1);
  await until('the buyer is served', () => server.held.length === 9);

  await until('all that may be have been begun', () => {
    server.letAllGo();
    return server.held.length === 8 + 256 + 1;
  });
  server.letAllGo();
  expect(new Set(ended.slice(0, 500 - 8 - 256))).toEqual(new Set(['rpc.overloaded']));
  await outcomes;
  expect(await buyer.outcomes).toEqual(['answered']);
});
