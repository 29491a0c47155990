import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { TRPCError } from '@trpc/server';
import { publicProcedures } from '@landfall/contracts/api';
import { createRouter } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { scopes } from '@landfall/contracts/scopes';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';

const { list, changeQuantity } = publicProcedures.subscriptions;
const { report } = publicProcedures.usage;

const subscription: SubscriptionView = {
  id: '37f9dea2-4345-438f-b0bd-03d40d28c7e0',
  publisherId: 'contoso',
  offerId: 'teamdesk',
  planId: 'standard',
  name: 'Team desk',
  quantity: 10,
  status: 'Subscribed',
  term: {},
  autoRenew: true,
  isFreeTrial: false,
  isTest: false,
  beneficiary: {},
  purchaser: {},
  allowedCustomerOperations: ['Read'],
  channel: 'direct',
  activation: { state: 'confirmed' },
  version: 3,
  createdAt: '2026-11-01T08:00:00.000Z',
  updatedAt: '2026-11-02T08:00:00.000Z',
};

/** Two events. A reader that has both is refused, so that the example ends. */
const events = [
  { id: '1', type: 'fulfillment.subscription.renewed', subscriptionId: 's1' },
  { id: '2', type: 'gap' },
];

/** The procedures that the README's examples call, over HTTP as on the gateway. */
export async function startLandfall(apiKey: string) {
  const reported: unknown[] = [];
  const router = createRouter(
    { subscriptions: { list, changeQuantity }, usage: { report } },
    {
      subscriptions: {
        list: async ({ status }) => ({ items: [{ ...subscription, status: status ?? 'none' }] }),
        changeQuantity: async () => new Rejection('subscription.ended', 'It has ended.'),
      },
      usage: {
        report: async ({ records }) => {
          reported.push(...records);
          return {
            results: records.map(({ eventId }) => ({ eventId, outcome: 'taken' as const })),
          };
        },
      },
    },
  );
  const handle = createHTTPHandler({
    router,
    basePath: '/trpc/',
    allowMethodOverride: true,
    createContext: ({ req }) => {
      if (req.headers.authorization !== `Bearer ${apiKey}`) {
        throw new TRPCError({ code: 'UNAUTHORIZED' });
      }
      return {
        caller: { kind: 'api-key', keyId: 'k1', scopes: [...scopes] } as const,
        correlationId: 'flow-1',
        deadline: new Date(Date.now() + 10_000),
      };
    },
  });
  const server = createServer((req, res) => {
    if (!req.url?.startsWith('/v1/events')) return handle(req, res);
    if (req.url.includes('lastEventId=2')) return void res.writeHead(404).end();
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) res.write(`id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`);
    res.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    reported,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
