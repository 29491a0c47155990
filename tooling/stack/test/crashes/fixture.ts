import { PATIENCE_MS } from '@landfall/config/patience';
import { createLandfallClient } from '@landfall/client';
import { errorDetails } from '@landfall/client/errors';
import type { EndpointFault } from '@landfall/emulator/faults';
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

/** The lanes of a killed worker are free after this time: short, so that tests can wait for it. */
const LANE_LEASE_MS = '1000';
/** JetStream redelivers the message of a killed handler after this time. */
const ACK_WAIT_MS = '1000';

/** Each attempt waits for seconds. Only {@link PATIENCE_MS} is to end them. */
const MAX_ATTEMPTS = 100;

/** Ends the leases that last longer than a test waits, as if their time had passed. */
const LEASES: Readonly<Record<string, readonly string[]>> = {
  'fulfillment-worker': [
    `update fulfillment.deliveries set lease_until = now() where lease_until > now()`,
    `update fulfillment.timers set leased_until = now() where leased_until > now()`,
  ],
  'webhook-ingest': [
    `update ingest.publications set due_at = now() where due_at > now() and published_at is null`,
  ],
  landing: [`update landing.visits set hand_over_due_at = now() where hand_over_due_at > now()`],
};

/** A process that is stopped between two steps; it is released after it is dead. */
export interface Standing {
  readonly subscriptionId: string;
  readonly release: () => Promise<unknown>;
  /** Repeats the call of a caller that got no answer, until there is one. */
  readonly again?: (() => Promise<unknown>) | undefined;
}

/** A separate running system whose processes can be stopped between two steps and killed. */
export class CrashFixture implements AsyncDisposable {
  readonly chaos: ChaosFixture;
  readonly ledger = new Ledger();
  readonly #admin: pg.Pool;
  readonly #patientApi: ChaosFixture['client']['api'];

  private constructor(chaos: ChaosFixture, admin: pg.Pool) {
    this.chaos = chaos;
    this.#admin = admin;
    const { trpcUrl: url, operatorApiKey: apiKey } = chaos.client.stack;
    const timeoutMs = PATIENCE_MS;
    this.#patientApi = createLandfallClient({ url, apiKey, timeoutMs, maxAttempts: MAX_ATTEMPTS });
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

  /** For calls that get no answer, because the process that would answer is killed. */
  get api() {
    return this.chaos.client.api;
  }

  /** Repeats a call that got no answer in time, as our clients do. A command is carried out once. */
  get patientApi() {
    return this.#patientApi;
  }

  /** The id of the first publisher. */
  get publisherId(): string {
    const [publisher] = this.chaos.client.stack.publishers;
    if (publisher?.publisherId === undefined) throw new Error('the publisher has no id');
    return publisher.publisherId;
  }

  async rows<T>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.#admin.query(text, [...values])).rows as T[];
  }

  /** A purchase whose landing page the buyer has opened, not confirmed. */
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

  /** An active subscription without unfinished work. */
  async subscribed(
    order: { offerId: string; planId: string; quantity?: number } = STARTER,
  ): Promise<string> {
    const subscriptionId = await this.opened(order);
    await this.patientApi.subscriptions.activate.mutate({ subscriptionId });
    this.ledger.activated.add(subscriptionId);
    await until(`${subscriptionId} is active, without open tasks`, async () => {
      const { status } = await this.api.subscriptions.get.query({ subscriptionId });
      const open = await this.rows(
        'select 1 from fulfillment.tasks where subscription_id = $1 and done_at is null',
        [subscriptionId],
      );
      return status === 'Subscribed' && open.length === 0;
    });
    return subscriptionId;
  }

  /** Opens the landing page. `confirm` presses the button without waiting for the answer. */
  async visit(landingUrl: string | null): Promise<{ confirm: () => void }> {
    const person = this.chaos.client.person('ada');
    const buyer = new Buyer(person);
    const page = await buyer.open(landingUrl ?? '');
    return {
      confirm: () => unanswered(buyer.submit(page, '/landing/confirm', { email: person.email })),
    };
  }

  /** Holds one call about a subscription, or its answer. */
  async hold(fault: EndpointFault): Promise<Held> {
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

  /**
   * Locks rows, so that a process that wants to write them waits. If it dies while it waits, it
   * writes nothing.
   */
  async lock(text: string, values: readonly unknown[]): Promise<Locked> {
    const client = new pg.Client({ connectionString: this.chaos.databaseUrl });
    // After a failed test, PostgreSQL stops while rows are still locked.
    client.on('error', ignore);
    await client.connect();
    await client.query('begin');
    const locked = await client.query(text, [...values]);
    if (locked.rowCount === 0) throw new Error(`no row was locked by: ${text}`);
    const [me] = (await client.query('select pg_backend_pid() as pid')).rows as { pid: number }[];
    const waiting = 'select pid from pg_stat_activity where $1 = any(pg_blocking_pids(pid))';
    return {
      reached: () =>
        until(
          `a process waits for: ${text}`,
          async () => (await this.rows(waiting, [me?.pid])).length > 0,
        ),
      unlock: async () => {
        await client.query('rollback');
        await client.end();
      },
      // The statement of a dead client would still run after the lock ends, so its backend is ended
      // first.
      release: async () => {
        await this.rows(`select pg_terminate_backend(pid) from (${waiting}) as waiting`, [me?.pid]);
        await client.query('rollback');
        await client.end();
      },
    };
  }

  /**
   * From now on, {@link bar} can stop a worker when it releases a lane, after all of its other
   * steps.
   */
  async watchReleases(): Promise<void> {
    await this.rows(`
      create function fulfillment.wait_at_release() returns trigger language plpgsql as $$ begin
        perform pg_advisory_xact_lock_shared(hashtext(new.subscription_id)); return new; end $$`);
    await this.rows(`
      create trigger wait_at_release before update on fulfillment.lanes for each row
      when (old.lease_until is not null and new.lease_until is null)
      execute function fulfillment.wait_at_release()`);
  }

  /**
   * A worker that releases this subscription's lane waits. Its tasks are already marked as done.
   */
  bar(subscriptionId: string): Promise<Locked> {
    return this.lock('select pg_advisory_xact_lock(hashtext($1))', [subscriptionId]);
  }

  /**
   * Kills a service. Once it is dead, releases what stood between two steps. Resolves when the
   * service is back.
   */
  async crash(name: string, standing: readonly Standing[] = []): Promise<void> {
    const victim = this.chaos.services.find((one) => one.name === name);
    if (!victim) throw new Error(`there is no service called ${name}`);
    const { pid } = victim;
    victim.kill();
    await until(`${name} is dead`, () => !isAlive(pid));
    for (const { release } of standing) await release();
    for (const lease of LEASES[name] ?? []) await this.rows(lease);
    await until(`${name} is back`, () => victim.pid !== pid);
    for (const { again } of standing) {
      if (again) await until('there is an answer', () => again().then(yes, () => undefined));
    }
  }

  /**
   * Waits until all work has ended, and returns the evidence of both sides and the broken
   * guarantees.
   */
  async settled(): Promise<Outcome> {
    const left = await drain(this.chaos, {
      deadlineMs: PATIENCE_MS,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    if (Object.keys(left).length > 0) throw new Error(`unfinished work: ${JSON.stringify(left)}`);
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
  /** Releases the lock while the waiting process is alive and may continue. */
  readonly unlock: () => Promise<void>;
}

export interface Outcome {
  readonly evidence: Evidence;
  readonly breaches: ReturnType<typeof check>;
}

/** How often each effect is on a subscription's timeline. */
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

/** Repeats a call that got no answer, as our clients do. A rejection is an answer. */
export function answerOf<T>(call: () => Promise<T>): Promise<T> {
  return until('there is an answer', () =>
    call().catch((error: unknown) => {
      if (errorDetails(error)?.fault === undefined) throw error;
      return undefined;
    }),
  );
}

/** A call without an answer, because the process that would answer is about to be killed. */
export function unanswered(call: Promise<unknown>): void {
  call.catch(ignore);
}
