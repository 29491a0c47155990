import { randomUUID } from 'node:crypto';
import type { SubscriptionFactKind } from '@landfall/contracts/subscription-facts';
import { evolve } from '@landfall/domain/evolve';
import type { CompleteSnapshot } from '@landfall/domain/complete';
import type { Subscription } from '@landfall/domain/subscription';
import { inTransaction } from '@landfall/service-kit/database';
import type { RunningService } from '@landfall/service-kit/process';
import { until } from '@landfall/servers/wait';
import type { Config } from '../src/config.ts';
import { enqueueFact } from '../src/facts.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { openFixture, type Client, type Fixture } from './fixture.ts';

type Settings = Parameters<Client['destinations']['create']['mutate']>[0];
type Destination = Awaited<ReturnType<Client['destinations']['create']['mutate']>>;

/** The fixture with a clock that the test can move forward. */
export interface DeliveryFixture extends AsyncDisposable {
  readonly fixture: Fixture;
  readonly client: Client;
  readonly now: () => Date;
  advance(ms: number): void;
  /** Moves the clock just beyond this time. */
  advanceTo(time: string | undefined): void;
  boot(overrides?: Partial<Config>): Promise<RunningService>;
  /** Creates a destination with its own receiver. */
  destination(settings?: Partial<Settings>): Promise<Destination & { receiver: Receiver }>;
  /** Records a fact as the worker does, and returns its subscription. */
  recordFact(kind?: SubscriptionFactKind, of?: Partial<Told>): Promise<string>;
  deliveriesOf(destinationId: string): Promise<Delivery[]>;
}

export type Delivery = Awaited<ReturnType<Client['deliveries']['list']['query']>>['items'][number];

interface Told {
  readonly subscriptionId: string;
  readonly offerId: string;
  readonly version: number;
  readonly operationId: string;
}

const BREATH_MS = 10;

/**
 * With a stopped clock, only the test moves time, and each recorded fact is a millisecond later than the one before. No pause
 * of seconds then ends by itself, however slow the machine is.
 */
export async function openDeliveryFixture(
  clock: 'running' | 'stopped' = 'running',
): Promise<DeliveryFixture> {
  await using stack = new AsyncDisposableStack();
  const fixture = stack.use(await openFixture());
  const { client } = fixture;
  let aheadMs = 0;
  const stoppedAt = clock === 'stopped' ? Date.now() : undefined;
  const now = () => new Date((stoppedAt ?? Date.now()) + aheadMs);
  let versions = 0;
  const owned = stack.move();
  return {
    fixture,
    client,
    now,
    advance: (ms) => void (aheadMs += ms),
    advanceTo: (time) => {
      const ms = new Date(time ?? Number.NaN).getTime() - now().getTime() + BREATH_MS;
      aheadMs += Math.max(0, ms);
    },
    boot: (overrides) => fixture.boot(overrides, now),
    async destination(settings = {}) {
      const receiver = owned.use(await openReceiver());
      const created = await client.destinations.create.mutate({
        label: 'product',
        url: receiver.url,
        ...settings,
      });
      return { ...created, receiver };
    },
    async recordFact(kind = 'activated', of = {}) {
      versions += 1;
      aheadMs += 1;
      const { subscriptionId = randomUUID(), version = versions, operationId, offerId } = of;
      const state = subscriptionState(subscriptionId, offerId);
      const context = { cause: 'worker', correlationId: randomUUID(), operationId } as const;
      await inTransaction(fixture.db, (trx) =>
        enqueueFact(trx, { kind, state, version, at: now() }, context),
      );
      return subscriptionId;
    },
    deliveriesOf: async (destinationId) => {
      const page = await client.deliveries.list.query({ destinationId, limit: 200 });
      return page.items.toReversed();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Waits until the destination's only delivery matches, and returns it. */
export async function delivery(
  fixture: DeliveryFixture,
  destinationId: string,
  fits: (delivery: Delivery) => boolean,
): Promise<Delivery> {
  return await until('the delivery is as expected', async () => {
    const [only] = await fixture.deliveriesOf(destinationId);
    return only && fits(only) && only;
  });
}

export function subscriptionState(id: string, offerId = 'analytics'): Subscription {
  const person = {
    tenantId: randomUUID(),
    objectId: randomUUID(),
    emailId: 'ada@fabrikam.example',
  };
  const snapshot: CompleteSnapshot = {
    id,
    publisherId: 'contoso',
    offerId,
    planId: 'growth',
    name: "Ada's workspace",
    quantity: null,
    status: 'Subscribed',
    term: { startDate: new Date('2026-11-01T00:00:00Z'), termUnit: 'P1M' },
    autoRenew: true,
    isFreeTrial: false,
    isTest: false,
    beneficiary: person,
    purchaser: person,
    allowedCustomerOperations: ['Read'],
  };
  return evolve(undefined, { type: 'purchased', snapshot });
}
