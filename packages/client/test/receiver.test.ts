import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import {
  createReceiver,
  nodeHandler,
  rememberIds,
  type DecisionAnswer,
  type ReceiverOptions,
} from '../src/receiver.ts';

const key = Buffer.from('a secret of thirty-two bytes, ok');
const secrets = [`whsec_${key.toString('base64')}`];

interface Content {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Signs as Standard Webhooks 1.0 describes, written independently of the client and the service. */
function requestOf(content: Content, body: string = JSON.stringify(content)): Request {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signed = `${content.id}.${timestamp}.${JSON.stringify(content)}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  const headers = {
    'webhook-id': content.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  return new Request('http://product.example/', { method: 'POST', headers, body });
}

const ping = (id = 'e1') => ({
  id,
  type: 'ping',
  version: 1,
  occurredAt: '2026-11-20T10:00:00.000Z',
});
const question = (id: string, answerWithinMs = 5_000) => ({
  id,
  type: 'decision.requested',
  version: 1,
  operationId: 'o1',
  subscription: {
    id: 's1',
    publisherId: 'contoso',
    offerId: 'teamdesk',
    planId: 'standard',
    quantity: 10,
    status: 'Subscribed',
    beneficiary: {},
  },
  change: { action: 'ChangeQuantity', quantity: 7 },
  answerBy: '2026-11-20T10:00:03.000Z',
  answerWithinMs,
});

function receiver(options: Partial<ReceiverOptions>) {
  const errors: unknown[] = [];
  const receive = createReceiver({ secrets, onError: (error) => errors.push(error), ...options });
  return {
    errors,
    statusOf: async (request: Request) => (await receive(request)).status,
    receive,
  };
}

test('one address takes events and decision requests', async () => {
  const events: string[] = [];
  const { receive, statusOf, errors } = receiver({
    onEvent: ({ type }) => void events.push(type),
    onDecision: ({ change }) => ({
      answer: change.action === 'ChangeQuantity' ? 'refuse' : 'accept',
      reason: 'seats-in-use',
    }),
  });
  expect(await statusOf(requestOf(ping()))).toBe(204);
  const answer = await receive(requestOf(question('d1')));
  expect(await answer.json()).toEqual({ answer: 'refuse', reason: 'seats-in-use' });
  expect([events, errors]).toEqual([['ping'], []]);
});

test('a forged request reaches no handler', async () => {
  const called: unknown[] = [];
  const { statusOf, errors } = receiver({ onEvent: (event) => void called.push(event) });
  expect(await statusOf(requestOf(ping(), JSON.stringify(ping('e2'))))).toBe(400);
  const unsigned = new Request('http://product.example/', { method: 'POST', body: '{}' });
  expect(await statusOf(unsigned)).toBe(400);
  expect(await statusOf(new Request('http://product.example/'))).toBe(405);
  const large = new Request('http://x/', { method: 'POST', body: 'x'.repeat(300_000) });
  expect(await statusOf(large)).toBe(413);
  expect(called).toEqual([]);
  expect(errors).toMatchObject([{ code: 'signature-mismatch' }, { code: 'headers-invalid' }]);
});

test('an event whose handler throws is sent again by Landfall, and is handled then', async () => {
  let isBroken = true;
  const { statusOf, errors } = receiver({
    seen: rememberIds(),
    onEvent: () => {
      if (isBroken) throw new Error('the database is away');
    },
  });
  expect(await statusOf(requestOf(ping()))).toBe(500);
  isBroken = false;
  expect(await statusOf(requestOf(ping()))).toBe(204);
  expect(errors).toMatchObject([{ message: 'the database is away' }]);
});

test('a repeated event is handled once, also while the first is being handled', async () => {
  let handled = 0;
  const started = Promise.withResolvers<void>();
  const { statusOf } = receiver({
    seen: rememberIds(),
    onEvent: async () => {
      handled += 1;
      await started.promise;
    },
  });
  const both = [statusOf(requestOf(ping())), statusOf(requestOf(ping()))];
  started.resolve();
  expect(await Promise.all(both)).toEqual([204, 204]);
  expect(await statusOf(requestOf(ping()))).toBe(204);
  expect(await statusOf(requestOf(ping('e2')))).toBe(204);
  expect(handled).toBe(2);
});

test('only the given number of ids is remembered', () => {
  const ids = rememberIds(2);
  for (const id of ['a', 'b', 'a', 'c']) void ids.add(id);
  expect(['a', 'b', 'c'].map((id) => ids.has(id))).toEqual([true, false, true]);
});

test('a repeated decision request gets the first answer', async () => {
  const answers: DecisionAnswer[] = [{ answer: 'accept' }, { answer: 'refuse' }];
  const { receive } = receiver({ onDecision: () => answers.shift() ?? { answer: 'refuse' } });
  const ask = async (id: string) => (await receive(requestOf(question(id)))).json();
  expect(await ask('d1')).toEqual({ answer: 'accept' });
  expect(await ask('d1')).toEqual({ answer: 'accept' });
  expect(await ask('d2')).toEqual({ answer: 'refuse' });
});

test('a decision that takes too long is told to stop and answered 503', async () => {
  let isStopped = false;
  const { statusOf, errors } = receiver({
    onDecision: (_request, { signal }) => {
      signal.addEventListener('abort', () => (isStopped = true));
      return new Promise<never>(() => {});
    },
  });
  expect(await statusOf(requestOf(question('d1', 20)))).toBe(503);
  expect(isStopped).toBe(true);
  expect(errors).toMatchObject([{ name: 'TimeoutError' }]);
});

test('a kind that is not handled is 501, and a kind from a newer Landfall 204', async () => {
  const { statusOf, errors } = receiver({});
  expect(await statusOf(requestOf(ping()))).toBe(501);
  expect(await statusOf(requestOf(question('d1')))).toBe(501);
  expect(await statusOf(requestOf({ ...ping('e3'), type: 'subscription.paused' }))).toBe(204);
  expect(errors).toMatchObject([{ code: 'event-unknown' }]);
});

test("Node's own requests are received too", async () => {
  const { receive } = receiver({ onDecision: () => ({ answer: 'accept' }) });
  const server = createServer(nodeHandler(receive)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { headers } = requestOf(question('d1'));
  const body = JSON.stringify(question('d1'));
  const answer = await fetch(url, { method: 'POST', headers, body });
  expect([answer.status, await answer.json()]).toEqual([200, { answer: 'accept' }]);
  expect((await fetch(url)).status).toBe(405);
  // `Request` throws for this method, which must not end the process.
  const traced = request(url, { method: 'TRACE' }).end();
  const [refused] = (await once(traced, 'response')) as [IncomingMessage];
  expect(refused.statusCode).toBe(405);
  server.close();
});
