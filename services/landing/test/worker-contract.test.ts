import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, test } from 'vitest';
import { startEmulator, type Emulator } from '@landfall/emulator/emulator';
import { testNats } from '@landfall/servers/testing';
import { connectBus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { behaviours } from '@landfall/worker-contract/behaviours';
import type { Conversation } from '@landfall/worker-contract/conversation';
import { serveWorker, type Worker } from './worker.ts';

let emulator: Emulator;
let double: Worker;
let worker: Conversation['worker'];
const resources = new AsyncDisposableStack();

beforeAll(async () => {
  const nats = resources.use(await testNats());
  emulator = resources.use(await startEmulator({ webhookUrl: await openWebhook() }));
  await emulator.control.updateSettings({
    activationDelayMs: 200,
    partnerDelayMs: 200,
    // The double answers no operations, so changes by the publisher have to succeed without an answer.
    oddities: { partnerWebhook: 'measured' },
  });
  const busOf = async (name: 'landing' | 'fulfillment-worker') =>
    resources.use(await connectBus({ url: nats.url, name, log: createLogger(name, 'silent') }));
  double = resources.use(serveWorker(await busOf('fulfillment-worker'), emulator));
  worker = procedureClient({
    owner: 'fulfillment-worker',
    transport: procedureTransport(await busOf('landing')),
    caller: { kind: 'service', name: 'landing' },
    correlationId: () => randomUUID(),
  });
});
afterAll(() => resources.disposeAsync());

/** Accepts every notification, because a Reinstate requires it. */
async function openWebhook(): Promise<string> {
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  resources.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
}

test.each(behaviours)('the double guarantees: $guarantee', async ({ hold }) => {
  const rules: Conversation['rules'] = async (wanted) => {
    double.changes.policy = { rules: wanted };
  };
  await hold({ worker, control: emulator.control, rules });
});
