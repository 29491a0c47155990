import { PATIENCE_MS } from '@landfall/config/patience';
import { errorDetails } from '@landfall/client/errors';
import type { InjectedFault } from '@landfall/emulator/faults';
import { until } from '@landfall/servers/wait';
import pg from 'pg';
import { Buyer } from '../../src/fixture/buyer.ts';
import { openChaosFixture, type ChaosFixture } from '../../src/chaos/fixture.ts';
import { check } from '../../src/chaos/checks/check.ts';
import { drain } from '../../src/chaos/drain.ts';
import { collect, type Evidence } from '../../src/chaos/evidence.ts';
import { Ledger } from '../../src/chaos/ledger.ts';
import { policy } from '../../src/chaos/policy.ts';
import { isAlive } from '../start-process.ts';

/** A killed worker's lanes are free again after this: short, so that tests see it happen. */
const LANE_LEASE_MS = '1000';
/** JetStream gives a killed handler's message to the next one after this. */
const ACK_WAIT_MS = '1000';

/** What a killed process has claimed for longer than a test waits, as if that time had passed. */
const LEASES: Readonly<Record<string, readonly string[]>> = {
  'fulfillment-worker': [
    `update fulfillment.deliveries set lease_until = now() where lease_until > now()`,
    `update fulfillment.timers set leased_until = now() where leased_until > now()`,
  ],
  'webhook-ingest': [
    `update ingest.notifications set claimed_until = now() where claimed_until > now()`,
  ],
  landing: [`update landing.visits set hand_over_due_at = now() where hand_over_due_at > now()`],
};

/** Somebody stands at a known point between two steps; released once its process is dead. */
export interface Standing {
  readonly subscriptionId: string;
  readonly release: () => Promise<unknown>;
  /** What a caller who got no answer does afterwards: ask again, until there is one. */
  readonly again?: (() => Promise<unknown>) | undefined;
}

type ApiFault = Exclude<InjectedFault, { endpoint: 'webhook' }>;

/** A running system of its own, in which any process can be stopped between two steps and killed. */
export class CrashFixture implements AsyncDisposable {
  readonly chaos: ChaosFixture;
  readonly ledger = new Ledger();
  readonly #admin: pg.Pool;

  private constructor(chaos: ChaosFixture, admin: pg.Pool) {
    this.chaos = chaos;
    this.#admin = admin;
  }

  static async open(): Promise<CrashFixture> {
    const chaos = await openChaosFixture({
      workers: 1,
      settings: {
        'fulfillment-worker': { LANE_LEASE_MS, ACK_WAIT_MS },
        'webhook-ingest': { ACK_WAIT_MS },
        landing: { ACK_WAIT_MS },
        'billing-sync': { ACK_WAIT_MS },
      },
    });
    await answerOf(() => chaos.client.api.policies.put.mutate(policy));
    const admin = new pg.Pool({ connectionString: chaos.databaseUrl });
    admin.on('error', ignore);
    return new CrashFixture(chaos, admin);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin.end();
    await this.chaos[Symbol.asyncDispose]();
  }

  get control() {
    return this.chaos.client.control;
  }

  get api() {
    return this.chaos.client.api;
  }

  /** Who sells here. */
  get publisherId(): string {
    const [publisher] = this.chaos.client.stack.publishers;
    if (publisher?.publisherId === undefined) throw new Error('the publisher has no name');
    return publisher.publisherId;
  }

  async rows<T>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.#admin.query(text, [...values])).rows as T[];
  }

  /** A purchase that the buyer has opened and nobody has confirmed. */
  async opened(order: { offerId: string; planId: string; quantity?: number }): Promise<string> {
    const { subscriptionId, purchaseToken } = await this.bought(order);
    await answerOf(() => this.chaos.worker.purchases.resolve.mutate({ purchaseToken }));
    this.ledger.opened.add(subscriptionId);
    return subscriptionId;
  }

  bought(order: { offerId: string; planId: string; quantity?: number }) {
    return this.control.purchase({
      ...order,
      beneficiary: this.chaos.client.person('ada').email,
    });
  }

  /** In force on both sides, with nothing left to do. */
  async subscribed(
    order: { offerId: string; planId: string; quantity?: number } = STARTER,
  ): Promise<string> {
    const subscriptionId = await this.opened(order);
    await answerOf(() => this.api.subscriptions.activate.mutate({ subscriptionId }));
    this.ledger.activated.add(subscriptionId);
    await until(`${subscriptionId} is in force and at rest`, async () => {
      const { status } = await this.api.subscriptions.get.query({ subscriptionId });
      const open = await this.rows(
        'select 1 from fulfillment.tasks where subscription_id = $1 and done_at is null',
        [subscriptionId],
      );
      return status === 'Subscribed' && open.length === 0;
    });
    return subscriptionId;
  }

  /** Opens the landing page up to the button, which is pressed without waiting for an answer. */
  async visit(landingUrl: string | null): Promise<{ confirm: () => void }> {
    const person = this.chaos.client.person('ada');
    const buyer = new Buyer(person);
    const page = await buyer.open(landingUrl ?? '');
    return {
      confirm: () => unanswered(buyer.submit(page, '/landing/confirm', { email: person.email })),
    };
  }

  /** Keeps one call of a subscription from arriving, or its answer from coming back. */
  async hold(fault: ApiFault): Promise<Held> {
    const { id } = await this.control.addFault({ ...fault, hold: true });
    return {
      reached: () =>
        until(`${fault.endpoint} is called`, async () => {
          const faults = await this.control.faults();
          return faults.some((one) => one.id === id && one.holding);
        }),
      release: () => this.control.removeFault(id),
    };
  }

  /** Makes whoever wants to write the same row wait; with the row's owner dead, it writes nothing. */
  async lock(text: string, values: readonly unknown[]): Promise<Locked> {
    const client = new pg.Client({ connectionString: this.chaos.databaseUrl });
    // A test that failed closes PostgreSQL while rows are still locked.
    client.on('error', ignore);
    await client.connect();
    await client.query('begin');
    const locked = await client.query(text, [...values]);
    if (locked.rowCount === 0) throw new Error(`there is nothing to lock: ${text}`);
    const [me] = (await client.query('select pg_backend_pid() as pid')).rows as { pid: number }[];
    const waiting = 'select pid from pg_stat_activity where $1 = any(pg_blocking_pids(pid))';
    return {
      reached: () =>
        until(
          `somebody waits for: ${text}`,
          async () => (await this.rows(waiting, [me?.pid])).length > 0,
        ),
      letGo: async () => {
        await client.query('rollback');
        await client.end();
      },
      // A statement of a dead client would go on once it may: its backend has to go first.
      release: async () => {
        await this.rows(`select pg_terminate_backend(pid) from (${waiting}) as waiting`, [me?.pid]);
        await client.query('rollback');
        await client.end();
      },
    };
  }

  /** From now on {@link bar} can stop whoever gives a lane back, after all that came before it. */
  async watchReleases(): Promise<void> {
    await this.rows(`
      create function fulfillment.wait_at_release() returns trigger language plpgsql as $$ begin
        perform pg_advisory_xact_lock_shared(hashtext(new.subscription_id)); return new; end $$`);
    await this.rows(`
      create trigger wait_at_release before update on fulfillment.lanes for each row
      when (old.lease_until is not null and new.lease_until is null)
      execute function fulfillment.wait_at_release()`);
  }

  /** Whoever gives back the lane of this subscription waits, with its tasks written as done. */
  bar(subscriptionId: string): Promise<Locked> {
    return this.lock('select pg_advisory_xact_lock(hashtext($1))', [subscriptionId]);
  }

  /** SIGKILL; what stood between two steps is let go once it is dead. Resolves when it is back. */
  async crash(name: string, standing: readonly Standing[] = []): Promise<void> {
    const victim = this.chaos.services.find((one) => one.name === name);
    if (!victim) throw new Error(`no service is called ${name}`);
    const { pid } = victim;
    victim.kill();
    await until(`${name} is dead`, () => !isAlive(pid));
    for (const { release } of standing) await release();
    for (const lease of LEASES[name] ?? []) await this.rows(lease);
    await until(`${name} is back`, () => victim.pid !== pid);
    for (const { again } of standing) {
      if (again) await until('an answer', () => again().then(yes, () => undefined));
    }
  }

  /** Everything has ended: what both sides say then, and which guarantees do not hold. */
  async settled(): Promise<Outcome> {
    const left = await drain(this.chaos, {
      deadlineMs: PATIENCE_MS,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    if (Object.keys(left).length > 0) throw new Error(`still there: ${JSON.stringify(left)}`);
    const evidence = await collect(this.chaos, this.ledger);
    return { evidence, breaches: check(evidence, 'drained') };
  }
}

const yes = () => true;
const ignore = () => undefined;

export const STARTER = { offerId: 'analytics', planId: 'starter' };
export const SEATS = { offerId: 'teamdesk', planId: 'standard', quantity: 10 };

export interface Held {
  readonly reached: () => Promise<unknown>;
  readonly release: () => Promise<unknown>;
}

export interface Locked extends Held {
  /** While its owner is alive and may go on. */
  readonly letGo: () => Promise<void>;
}

export interface Outcome {
  readonly evidence: Evidence;
  readonly breaches: ReturnType<typeof check>;
}

/** Which effects the timeline has of a subscription, and how often. */
export function effects({ evidence }: Outcome, subscriptionId: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of evidence.timeline) {
    if (row.subscriptionId !== subscriptionId || !EFFECTS.has(row.kind)) continue;
    counts[row.kind] = (counts[row.kind] ?? 0) + 1;
  }
  return counts;
}

const EFFECTS = new Set([
  'purchased',
  'provisioningRequested',
  'provisioned',
  'provisioningFailed',
  'activated',
  'activationFailed',
  'planChanged',
  'quantityChanged',
  'suspended',
  'unsubscribed',
  'changeSucceeded',
  'changeFailed',
  'refusalOverruled',
  'compensationRequested',
  'configurationDue',
  'erasureDue',
  'personalDataErased',
]);

/** What a client of ours does that got no answer in time: it asks again. A "no" is an answer. */
export function answerOf<T>(call: () => Promise<T>): Promise<T> {
  return until('an answer', () =>
    call().catch((error: unknown) => {
      if (errorDetails(error)?.fault === undefined) throw error;
      return undefined;
    }),
  );
}

/** A call that will not be answered, because who answers it is about to die. */
export function unanswered(call: Promise<unknown>): void {
  call.catch(ignore);
}
