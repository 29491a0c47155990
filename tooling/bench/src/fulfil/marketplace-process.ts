import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { indexOf, operationAfter, stepOf, subscriptionAfter } from './story.ts';

/*
 * A marketplace in a process of its own. Its parent sends the latency of each answer in milliseconds. It does not check
 * tokens. A subscription's record shows a step once its operation has been read, and never an earlier step again.
 */

const ID = /\/subscriptions\/([0-9a-f-]{36})/;
const OPERATION_ID = /\/operations\/([0-9a-f-]{36})/;

const reached = new Map<number, number>();
let latencyMs = 0;

const server = createServer((request, response) => {
  const url = request.url ?? '';
  const index = indexOf(ID.exec(url)?.[1] ?? '');
  const operation = OPERATION_ID.exec(url)?.[1];
  if (operation === undefined) {
    send(response, subscriptionAfter(index, reached.get(index) ?? 0));
    return;
  }
  const step = stepOf(operation);
  reached.set(index, Math.max(step, reached.get(index) ?? 0));
  send(response, operationAfter(index, step));
});
// The worker keeps connections open. If the server closed one while a call is on its way, the call would have to be repeated.
server.keepAliveTimeout = 60_000;

function send(response: ServerResponse, body: string): void {
  const answer = (): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(body);
  };
  if (latencyMs > 0) setTimeout(answer, latencyMs);
  else answer();
}

process.on('message', (message) => {
  latencyMs = Number(message);
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.(`http://127.0.0.1:${port}/api`);
});
