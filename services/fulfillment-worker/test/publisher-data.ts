import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { publicProcedures } from '@landfall/contracts/api';
import type { Caller } from '@landfall/contracts/caller';
import type { Procedures } from '@landfall/contracts/procedures';
import { scopes } from '@landfall/contracts/scopes';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { inTransaction } from '@landfall/service-kit/database';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { insertDestination } from '../src/store/destinations.ts';
import { addSecret } from '../src/store/destination-secrets.ts';
import { newSecret } from '../src/deliveries/sign.ts';
import { enqueueFact } from '../src/facts.ts';
import { lockLane } from '../src/store/lanes.ts';
import { addTask } from '../src/store/tasks.ts';
import { insertNote } from '../src/store/notes.ts';
import { writePolicy } from '../src/store/policy.ts';
import { changeSettings } from '../src/store/settings.ts';
import { insertSubscription } from '../src/store/subscriptions.ts';
import { addToTimeline } from '../src/store/timeline.ts';
import { subscriptionState } from './deliveries-fixture.ts';
import type { Fixture } from './fixture.ts';

/** Ids of one publisher's data. */
export interface Holdings {
  readonly publisherId: string;
  readonly subscriptionId: string;
  readonly changeId: string;
  readonly taskId: number;
  readonly destinationId: string;
  readonly deliveryId: string;
  readonly runId: string;
  readonly listenerId: string;
}

/** A number of hours that no other setting has, to recognise a publisher's settings. */
export const TIMEOUT_HOURS = 77;

/** Creates one of everything that a publisher can have. Its content names the publisher. */
export async function seed(fixture: Fixture, publisherId: string): Promise<Holdings> {
  const at = new Date();
  const ids = {
    publisherId,
    subscriptionId: `${publisherId}-${randomUUID()}`,
    changeId: randomUUID(),
    destinationId: randomUUID(),
    deliveryId: randomUUID(),
    runId: randomUUID(),
    listenerId: randomUUID(),
  };
  const { subscriptionId, changeId, destinationId, deliveryId, runId, listenerId } = ids;
  const correlationId = `seed-${publisherId}`;
  const eventId = `${publisherId}-${randomUUID()}`;
  let taskId = 0;
  await inTransaction(fixture.db, async (trx) => {
    await insertSubscription(trx, stateOf(subscriptionId, publisherId), { version: 1, at });
    const cause = { cause: 'command', correlationId } as const;
    await addToTimeline(trx, { subscriptionId, kind: 'purchased', at }, cause);
    const note = { id: randomUUID(), subscriptionId, author: 'key test', text: publisherId, at };
    await insertNote(trx, note);
    await lockLane(trx, subscriptionId);
    const dedupeKey = `seed:${subscriptionId}`;
    const task = { kind: 'activate', payload: {}, correlationId, dedupeKey } as const;
    await addTask(trx, { subscriptionId, ...task });
    // In the same transaction, so that no worker runs it.
    const parked = await trx
      .updateTable('tasks')
      .set({ deadAt: sql<Date>`now()`, lastError: `${publisherId}-reason` })
      .where('subscriptionId', '=', subscriptionId)
      .returning('id')
      .executeTakeFirstOrThrow();
    taskId = Number(parked.id);
    const settings = {
      label: publisherId,
      channel: 'product' as const,
      url: `https://${publisherId}.example/events`,
      types: [],
      offerIds: [],
      isOrdered: false,
      recipients: [],
      matterKinds: [],
      severities: [],
      language: 'en' as const,
      digest: 'at-once' as const,
      digestHour: 8,
      timeZone: 'UTC',
      quietHours: null,
    };
    await insertDestination(trx, { ...settings, id: destinationId, publisherId, at }, 50);
    await addSecret(trx, { destinationId, secret: newSecret(), at, oldExpireAt: at }, 4);
  });
  const query = (text: string, values: unknown[]) => fixture.db.pool.query(text, values);
  await query(
    `insert into listeners (id, publisher_id, label, types, offer_ids, secret, ends_at)
     values ($1, $2, $2, '{}', '{}', 's', now() + interval '1 day')`,
    [listenerId, publisherId],
  );
  await query(
    `insert into changes (id, subscription_id, kind, state, approved_by, requested_at, settled_at)
     values ($1, $2, 'Unsubscribe', 'failed', $3, now(), now())`,
    [changeId, subscriptionId, publisherId],
  );
  await query(
    `insert into operations (subscription_id, operation_id, action, decision, decided_at)
     values ($1, $2, 'ChangePlan', 'accept', now())`,
    [subscriptionId, `${publisherId}-${randomUUID()}`],
  );
  await query('insert into product_events (id, body, created_at) values ($1, $2, now())', [
    eventId,
    JSON.stringify({ id: eventId }),
  ]);
  await query(
    `insert into deliveries (id, destination_id, publisher_id, event_id, event_sequence, type,
       subscription_id, state, dead_at, created_at)
     values ($1, $2, $3, $4, 1, 'subscription.activated', $5, 'dead', now(), now())`,
    [deliveryId, destinationId, publisherId, eventId, subscriptionId],
  );
  await query(
    `insert into reconciliation_runs (id, publisher_id, state, dry_run, started_at, finished_at,
       lease_until, findings)
     values ($1, $2, 'completed', false, now(), now(), now(), $3)`,
    [runId, publisherId, JSON.stringify([{ subscriptionId, kind: 'missing', detail: '' }])],
  );
  const db = fixture.db.kysely;
  const when = { action: 'ChangePlan' } as const;
  const rules = [{ id: `${publisherId}-rule`, when, decision: 'accept' as const }];
  const policy = { rules, plans: [], compensateLateRefusals: true };
  const written = { policy, at, author: 'key test' };
  await inTransaction(fixture.db, (trx) => writePolicy(trx, publisherId, written));
  await changeSettings(
    db,
    { publisherId, offerId: undefined },
    {
      waitForProduct: false,
      timeoutHours: TIMEOUT_HOURS,
      configurationReminderDays: [],
      suspensionReminderDays: [],
      retentionDays: 30,
    },
  );
  return { ...ids, taskId };
}

const stateOf = (subscriptionId: string, publisherId: string) => ({
  ...subscriptionState(subscriptionId, `${publisherId}-offer`),
  publisherId,
  name: `${publisherId} workspace`,
  status: 'Subscribed' as const,
  term: { endDate: new Date('2026-11-01T00:00:00Z'), termUnit: 'P1M' as const },
});

/** Creates one more subscription, newer than all others. */
export async function seedSubscription(fixture: Fixture, publisherId: string): Promise<void> {
  const state = stateOf(`${publisherId}-${randomUUID()}`, publisherId);
  await inTransaction(fixture.db, (trx) =>
    insertSubscription(trx, state, { version: 1, at: new Date() }),
  );
}

/** Records a fact of a publisher's subscription as the worker does, and returns the subscription. */
export async function recordFactOf(fixture: Fixture, publisherId: string): Promise<string> {
  const state = stateOf(randomUUID(), publisherId);
  const content = { kind: 'activated', state, version: 1, at: new Date() } as const;
  const context = { cause: 'worker', correlationId: randomUUID() } as const;
  await inTransaction(fixture.db, (trx) => enqueueFact(trx, content, context));
  return state.id;
}

/** All rows of a publisher as text, to see that nothing has changed. */
export async function rowsOf(fixture: Fixture, { publisherId }: Holdings): Promise<string> {
  const tables = [
    'subscriptions',
    'destinations',
    'deliveries',
    'publisher_policies',
    'settings',
    'listeners',
  ];
  const queries = [
    ...['reconciliation_runs', ...tables].map(
      (table) => `select * from ${table} where publisher_id = $1`,
    ),
    ...['tasks', 'changes', 'operations', 'timeline'].map(
      (table) => `select * from ${table} where subscription_id like $1 || '-%'`,
    ),
    `select * from destination_secrets where destination_id in
       (select id from destinations where publisher_id = $1)`,
  ];
  const rows = await Promise.all(
    queries.map(async (text) => (await fixture.db.pool.query(text, [publisherId])).rows),
  );
  return JSON.stringify(rows);
}

/** Calls any procedure as a key with every scope; `publisherId` limits the key. */
export function caller(fixture: Fixture, publisherId: string | undefined) {
  const key: Caller = { kind: 'api-key', keyId: 'k', scopes, publisherId };
  const client = procedureClient({
    owner: 'fulfillment-worker',
    transport: procedureTransport(fixture.bus),
    caller: key,
    correlationId: () => randomUUID(),
  }) as unknown as Record<string, Record<string, Record<string, Asked>>>;
  return async (path: string, input: object): Promise<Answer> => {
    const [namespace = '', name = ''] = path.split('.');
    const spec = (publicProcedures as Procedures)[namespace]?.[name];
    const ask = client[namespace]?.[name]?.[spec?.kind === 'query' ? 'query' : 'mutate'];
    if (!ask) throw new Error(`there is no ${path}`);
    return await ask(input).then(
      (answer) => ({ answer }),
      (error: unknown) => {
        const details = errorDetails(error);
        if (!details) throw error;
        return { failure: details.rejection ?? details.fault ?? details.code, error };
      },
    );
  };
}

type Asked = (input: object) => Promise<unknown>;
type Answer =
  | { readonly answer: unknown; readonly failure?: undefined }
  | { readonly failure: string; readonly error: unknown; readonly answer?: undefined };
