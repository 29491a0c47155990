import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As documented for Microsoft's list. */
const PAGE_SIZE = 100;

/**
 * The number of different combinations of plan, seats and status. Each subscription has one of
 * them.
 */
export const SHAPES = 20;

/** One shape is suspended and three have ended; the others are subscribed. */
const STATUSES: Readonly<Record<number, string>> = {
  3: 'Suspended',
  4: 'Unsubscribed',
  9: 'Unsubscribed',
  14: 'Unsubscribed',
};

export interface ListServer extends AsyncDisposable {
  readonly baseUrl: string;
  /** The number of subscriptions. The first `changed` of them have a different plan than before. */
  size: number;
  changed: number;
}

/**
 * Serves Microsoft's list and single subscriptions as fast as Node can, so that a benchmark
 * measures the reader. Does not check tokens.
 */
export async function startListServer(): Promise<ListServer> {
  const state = { size: 0, changed: 0 };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', baseUrl);
    const id = /\/subscriptions\/([0-9a-f-]{36})$/.exec(url.pathname)?.[1];
    response.setHeader('content-type', 'application/json');
    if (url.pathname.endsWith('/operations')) response.end('{"operations":[]}');
    else response.end(id === undefined ? page(url) : subscription(indexOf(id), state.changed));
  });
  const page = (url: URL): string => {
    const from = Number(url.searchParams.get('continuationToken') ?? 0);
    const to = Math.min(from + PAGE_SIZE, state.size);
    const items = Array.from({ length: to - from }, (_, i) =>
      subscription(from + i, state.changed),
    );
    const next = `${baseUrl}/saas/subscriptions?continuationToken=${to}&api-version=2018-08-31`;
    const link = to < state.size ? `,"@nextLink":${JSON.stringify(next)}` : '';
    return `{"subscriptions":[${items.join(',')}]${link}}`;
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  return Object.assign(state, {
    baseUrl,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}

/** The id of a subscription by its index, so that rows can also be created by SQL. */
export function idOf(index: number): string {
  return `5a5a5a5a-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

function indexOf(id: string): number {
  return Number.parseInt(id.slice(-12), 16);
}

function subscription(index: number, changed: number): string {
  const shape = index % SHAPES;
  const person = (kind: number) => ({
    emailId: `person${kind}-${shape}@customer.example`,
    objectId: `0b0b0b0b-${String(kind).padStart(4, '0')}-4000-8000-${String(shape).padStart(12, '0')}`,
    tenantId: `7e7e7e7e-${String(kind).padStart(4, '0')}-4000-8000-${String(shape).padStart(12, '0')}`,
    puid: `10032001A9DCA8${shape}`,
  });
  return JSON.stringify({
    id: idOf(index),
    name: `Contoso Cloud Solution ${shape}`,
    publisherId: 'contoso',
    offerId: `offer-${shape % 3}`,
    planId: index < changed ? 'another' : `plan-${shape % 5}`,
    quantity: shape % 2 === 0 ? shape + 1 : '',
    beneficiary: person(1),
    purchaser: person(2),
    allowedCustomerOperations: ['Read', 'Update', 'Delete'],
    sessionMode: 'None',
    isFreeTrial: false,
    isTest: false,
    sandboxType: 'None',
    saasSubscriptionStatus: STATUSES[shape] ?? 'Subscribed',
    term: {
      startDate: '2026-03-04T00:00:00Z',
      endDate: '2027-03-03T00:00:00Z',
      termUnit: 'P1Y',
      chargeDuration: null,
    },
    autoRenew: true,
    created: '2026-03-03T17:32:11.1234567Z',
  });
}
