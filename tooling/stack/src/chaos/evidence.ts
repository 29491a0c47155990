import { streams } from '@landfall/contracts/streams';
import type { Control } from '@landfall/emulator/control-client';
import type { StateView } from '@landfall/emulator/control-contract';
import pg from 'pg';
import type { ChaosFixture } from './fixture.ts';
import type { Ledger } from './ledger.ts';
import type { Product } from './product.ts';
import {
  collectBilling,
  collectProof,
  type BillingEvidence,
  type UsageProof,
} from './usage-evidence.ts';

/** Both sides' records at one moment, after all work has ended. */
export interface Evidence {
  readonly ledger: Ledger;
  readonly marketplace: StateView;
  readonly subscriptions: readonly SubscriptionRow[];
  readonly timeline: readonly TimelineRow[];
  readonly operations: readonly OperationRow[];
  readonly changes: readonly ChangeRow[];
  readonly tasks: readonly TaskRow[];
  readonly facts: readonly FactRow[];
  readonly notifications: readonly NotificationRow[];
  readonly billing: BillingEvidence;
  /** Microsoft's catalogue. */
  readonly offers: Awaited<ReturnType<Control['offers']>>;
  readonly product: Pick<Product, 'events' | 'rejected'>;
  /** Messages that a consumer has given up on. */
  readonly deadLetters: number;
}

export interface SubscriptionRow {
  readonly id: string;
  readonly status: string;
  readonly planId: string;
  readonly quantity: number | null;
  readonly termEnd: string | null;
  readonly autoRenew: boolean;
  readonly activation: string;
  readonly version: number;
  readonly isMissing: boolean;
}

export interface TimelineRow {
  readonly subscriptionId: string;
  readonly at: string;
  readonly kind: string;
  readonly cause: string;
  readonly operationId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface OperationRow {
  readonly subscriptionId: string;
  readonly operationId: string;
  readonly action: string;
  readonly decision: 'accept' | 'refuse' | null;
  readonly outcome: string | null;
}

export interface ChangeRow {
  readonly id: string;
  readonly subscriptionId: string;
  readonly kind: string;
  readonly state: string;
  readonly operationId: string | null;
  readonly failure: string | null;
}

export interface TaskRow {
  readonly subscriptionId: string;
  readonly kind: string;
  readonly dedupeKey: string;
  readonly isDone: boolean;
  readonly isParked: boolean;
}

export interface FactRow {
  readonly messageId: string;
  readonly subscriptionId: string;
  readonly kind: string;
  readonly version: number;
  readonly isPublished: boolean;
}

export interface NotificationRow {
  readonly id: string;
  readonly operationId: string | null;
  readonly subscriptionId: string | null;
  readonly verdict: string;
  readonly isPublished: boolean;
}

/** Reads all records directly from the databases and the emulator, without our APIs. */
export async function collect(fixture: ChaosFixture, ledger: Ledger): Promise<Evidence> {
  const marketplace = await fixture.client.control.state();
  const client = new pg.Client({ connectionString: fixture.databaseUrl });
  await client.connect();
  try {
    const rows = async <T>(text: string) => (await client.query(text)).rows as T[];
    return {
      ledger,
      marketplace,
      product: { events: new Map(fixture.product.events), rejected: [...fixture.product.rejected] },
      deadLetters: (await fixture.bus.streamState(streams.deadLetters.name))?.lastSequence ?? 0,
      subscriptions: await rows(SUBSCRIPTIONS),
      timeline: await rows(TIMELINE),
      operations: await rows(OPERATIONS),
      changes: await rows(CHANGES),
      tasks: await rows(TASKS),
      facts: await rows(FACTS),
      notifications: await rows(NOTIFICATIONS),
      billing: await collectBilling(client),
      offers: await fixture.client.control.offers(),
    };
  } finally {
    await client.end();
  }
}

/** Reads the statements, and what Microsoft's report was compared with. */
export async function collectUsageProof(
  fixture: ChaosFixture,
  ledger: Ledger,
): Promise<UsageProof> {
  const client = new pg.Client({ connectionString: fixture.databaseUrl });
  await client.connect();
  try {
    return await collectProof(fixture, ledger, client);
  } finally {
    await client.end();
  }
}

const SUBSCRIPTIONS = `
  select id, status, plan_id as "planId", (state->>'quantity')::int as quantity,
    state->'term'->>'endDate' as "termEnd", (state->>'autoRenew')::boolean as "autoRenew",
    state->'activation'->>'state' as activation, version, missing_at is not null as "isMissing"
  from fulfillment.subscriptions`;

const TIMELINE = `
  select subscription_id as "subscriptionId", at, kind, cause, operation_id as "operationId", details
  from fulfillment.timeline order by sequence`;

const OPERATIONS = `
  select subscription_id as "subscriptionId", operation_id as "operationId", action, decision, outcome
  from fulfillment.operations`;

const CHANGES = `
  select id, subscription_id as "subscriptionId", kind, state, operation_id as "operationId", failure
  from fulfillment.changes`;

const TASKS = `
  select subscription_id as "subscriptionId", kind, dedupe_key as "dedupeKey",
    done_at is not null as "isDone", dead_at is not null as "isParked"
  from fulfillment.tasks`;

const FACTS = `
  select message_id as "messageId", body::jsonb->'subscription'->>'id' as "subscriptionId",
    body::jsonb->>'kind' as kind, (body::jsonb->'subscription'->>'version')::int as version,
    published_at is not null as "isPublished"
  from fulfillment.outbox where subject like 'fulfillment.subscription.%' order by id`;

const NOTIFICATIONS = `
  select id, operation_id as "operationId", subscription_id as "subscriptionId", verdict,
    exists (select from ingest.publications where publications.id = publication_id
      and publications.published_at is not null) as "isPublished"
  from ingest.notifications`;
