import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { verifyProductEvent } from '@landfall/client/events';
import type { StackClient } from '../fixture/stack-client.ts';

/** An event that the product has received once or several times. */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly subscriptionId: string;
  readonly version: number;
  readonly body: string;
  times: number;
  /** Another delivery with the same id had other content. */
  isContradicted: boolean;
}

/** The ISV's product: accepts every event and remembers it. */
export interface Product extends AsyncDisposable {
  /** By id, in the order of first arrival. */
  readonly events: ReadonlyMap<string, ReceivedEvent>;
  /** Requests that did not pass verification. */
  readonly rejected: readonly string[];
  /** Calls `fn` with each event that arrives for the first time. */
  onFirst(fn: (event: ReceivedEvent) => void): void;
  /** By subscription: a promise that delays the answers to its events. */
  readonly patience: Map<string, Promise<unknown>>;
}

/** Starts a receiver for all events of all subscriptions, each subscription's in order. */
export async function openProduct({ api }: StackClient): Promise<Product> {
  const events = new Map<string, ReceivedEvent>();
  const rejected: string[] = [];
  const listeners: ((event: ReceivedEvent) => void)[] = [];
  const patience = new Map<string, Promise<unknown>>();
  const secrets: string[] = [];
  const server = createServer((request, response) => {
    const answer = async () => {
      const body = (await buffer(request)).toString('utf8');
      try {
        const event = verifyProductEvent({ headers: request.headers, body, secrets });
        const first = remember(events, event, body);
        if (first) for (const listener of listeners) listener(first);
        await patience.get(event.subscription?.id ?? '');
        response.writeHead(204).end();
      } catch (error: unknown) {
        rejected.push(error instanceof Error ? error.message : 'unreadable');
        response.writeHead(400).end();
      }
    };
    void answer().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/events`;
  const { secret } = await api.destinations.create.mutate({ label: 'chaos', url, isOrdered: true });
  secrets.push(secret);
  return {
    events,
    rejected,
    patience,
    onFirst: (fn) => void listeners.push(fn),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Undefined if the event has arrived before. */
function remember(
  events: Map<string, ReceivedEvent>,
  event: ReturnType<typeof verifyProductEvent>,
  body: string,
): ReceivedEvent | undefined {
  const { id, type, subscription } = event;
  const known = events.get(id);
  if (known) {
    known.times += 1;
    known.isContradicted ||= known.body !== body;
    return undefined;
  }
  const { id: subscriptionId = '', version = 0 } = subscription ?? {};
  const first = { id, type, subscriptionId, version, body, times: 1, isContradicted: false };
  events.set(id, first);
  return first;
}
