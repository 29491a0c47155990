import { expect, test } from 'vitest';
import { headerNames } from '@landfall/contracts/envelope';
import type { Caller } from '@landfall/contracts/caller';
import { Fault } from '@landfall/domain/fault';
import { errorDetails } from './errors.ts';
import { procedureClient, type ProcedureTransport } from './nats.ts';

// `test/` in this package tests calls over a real nats-server.

const landing: Caller = { kind: 'service', name: 'landing' };
/** Far more than a busy machine needs between a call and the check of what was sent. */
const TIMEOUT_MS = 60_000;
type Sent = {
  subject: string;
  body: unknown;
  options: Parameters<ProcedureTransport['request']>[2];
};

function clientOver(answer: () => Promise<string>) {
  const sent: Sent[] = [];
  const transport: ProcedureTransport = {
    request(subject, body, options) {
      sent.push({ subject, body: JSON.parse(body), options });
      return answer();
    },
  };
  const client = procedureClient({
    owner: 'billing-sync',
    transport,
    caller: landing,
    correlationId: () => 'flow-1',
    timeoutMs: TIMEOUT_MS,
  });
  return { client, sent };
}

const empty = async () => '{"result":{"data":{"items":[]}}}';

test('a call reaches its owner with kind, input, caller, correlation id and deadline', async () => {
  const { client, sent } = clientOver(empty);
  expect(await client.overrides.list.query({ limit: 7 })).toEqual({ items: [] });
  const [{ subject, body, options }] = sent as [Sent];
  expect(subject).toBe('rpc.billing-sync.overrides.list');
  expect(body).toEqual({ type: 'query', input: { limit: 7 } });
  expect(JSON.parse(options.headers[headerNames.caller] ?? '')).toEqual(landing);
  expect(options.headers[headerNames.correlationId]).toBe('flow-1');
  const leftMs = Date.parse(options.headers[headerNames.deadline] ?? '') - Date.now();
  expect(leftMs).toBeGreaterThan(TIMEOUT_MS / 2);
  expect(leftMs).toBeLessThanOrEqual(TIMEOUT_MS);
  expect(options.timeoutMs).toBeLessThanOrEqual(TIMEOUT_MS);
});

test("a call may name its own caller, flow and time; the client's time-out is not extended by a deadline", async () => {
  const { client, sent } = clientOver(empty);
  const caller: Caller = { kind: 'api-key', keyId: 'k', scopes: ['usage:read'] };
  await client.overrides.list.query({}, { context: { caller, correlationId: 'own' } });
  await client.overrides.list.query({}, { context: { timeoutMs: 50 } });
  const farAway = { context: { deadline: new Date(Date.now() + 2 * TIMEOUT_MS) } };
  await client.overrides.list.query({}, farAway);
  expect(JSON.parse(sent[0]?.options.headers[headerNames.caller] ?? '')).toEqual(caller);
  expect(sent[0]?.options.headers[headerNames.correlationId]).toBe('own');
  expect(sent[1]?.options.timeoutMs).toBeLessThanOrEqual(50);
  expect(sent[2]?.options.timeoutMs).toBeLessThanOrEqual(TIMEOUT_MS);
});

test.each([
  ['rpc.no-responder', 'SERVICE_UNAVAILABLE', 503],
  ['rpc.disconnected', 'SERVICE_UNAVAILABLE', 503],
  ['rpc.timeout', 'GATEWAY_TIMEOUT', 504],
] as const)(
  'a transport that fails with %s is a fault of that code',
  async (code, trpc, status) => {
    const fault = new Fault(code, 'x', { retry: 'later' });
    const { client } = clientOver(() => Promise.reject(fault));
    const error: unknown = await client.overrides.list.query({}).catch((caught: unknown) => caught);
    expect(errorDetails(error)).toEqual({ code: trpc, httpStatus: status, fault: code });
  },
);

test('a malformed answer is an error, not data', async () => {
  const { client } = clientOver(async () => 'garbage');
  await expect(client.overrides.list.query({})).rejects.toThrow();
});
