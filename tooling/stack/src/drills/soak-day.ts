import { randomUUID } from 'node:crypto';
import { ControlError } from '@landfall/emulator/control-client';
import type { ChaosFixture } from '../chaos/fixture.ts';
import type { Random } from '../chaos/random.ts';

/** With one renewal each, as many customers renew as buy. */
const MOST_CUSTOMERS = 120;
const CHANGES = 4;
const HOUR_MS = 60 * 60 * 1000;

const orders = [
  { offerId: 'analytics', planId: 'growth', termUnit: 'P1M' },
  { offerId: 'teamdesk', planId: 'standard', quantity: 5 },
  { offerId: 'teamdesk', planId: 'basic', quantity: 3 },
] as const;

interface Customer {
  readonly subscriptionId: string;
  readonly offerId: string;
  isSuspended: boolean;
}

/** The customers of a publisher, who buy, use, change plans and leave at the same rate every day. */
export class Customers {
  readonly counts = { purchases: 0, changes: 0, cancellations: 0, 'usage records': 0 };
  readonly #fixture: ChaosFixture;
  readonly #random: Random;
  #living: Customer[] = [];

  constructor(fixture: ChaosFixture, random: Random) {
    this.#fixture = fixture;
    this.#random = random;
  }

  /** Makes the calls of one day: purchases, changes, cancellations and usage. Returns before the work that follows is done. */
  async liveDay(now: Date): Promise<void> {
    await Promise.all(orders.map((order) => this.#buy(order)));
    for (let count = 0; count < CHANGES; count += 1) await this.#change();
    while (this.#living.length > MOST_CUSTOMERS) await this.#leave();
    await this.#use(now);
  }

  async #buy(order: (typeof orders)[number]): Promise<void> {
    const { client, worker } = this.#fixture;
    const beneficiary = client.person(this.#random.pick(['ada', 'ben', 'tara'])).email;
    const { purchaseToken, subscriptionId } = await client.control.purchase({
      ...order,
      beneficiary,
    });
    await worker.purchases.resolve.mutate({ purchaseToken });
    await client.api.subscriptions.activate.mutate({ subscriptionId });
    this.#living.push({ subscriptionId, offerId: order.offerId, isSuspended: false });
    this.counts.purchases += 1;
  }

  /** Microsoft allows no change while another one is in progress, or of a suspended subscription. */
  async #change(): Promise<void> {
    const { control } = this.#fixture.client;
    const customer = this.#random.pick(this.#living);
    const { offerId, subscriptionId } = customer;
    const suspend = this.#random.chance(0.5);
    try {
      if (customer.isSuspended) {
        await control.reinstate(subscriptionId);
        customer.isSuspended = false;
      } else if (suspend) {
        await control.suspend(subscriptionId);
        customer.isSuspended = true;
      } else if (offerId === 'teamdesk') {
        await control.changeQuantity(subscriptionId, this.#random.whole(3, 30));
      } else {
        await control.renew(subscriptionId);
      }
      this.counts.changes += 1;
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
    }
  }

  /** Cancels the oldest subscription. The grace period of a suspension may have ended it already. */
  async #leave(): Promise<void> {
    const [oldest, ...others] = this.#living;
    this.#living = others;
    if (!oldest) return;
    try {
      await this.#fixture.client.control.cancel(oldest.subscriptionId);
      this.counts.cancellations += 1;
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
    }
  }

  async #use(now: Date): Promise<void> {
    const occurredAt = new Date(now.getTime() - HOUR_MS).toISOString();
    const records = this.#living
      .filter(({ isSuspended, offerId }) => offerId === 'analytics' && !isSuspended)
      .map(({ subscriptionId }) => ({
        eventId: randomUUID(),
        subscriptionId,
        dimension: 'reports',
        quantity: `${this.#random.whole(20, 200)}`,
        occurredAt,
      }));
    if (records.length === 0) return;
    const { results } = await this.#fixture.client.api.usage.report.mutate({ records });
    this.counts['usage records'] += results.filter(({ outcome }) => outcome === 'taken').length;
  }
}
