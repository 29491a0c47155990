import type { Client } from 'pg';
import type { ChaosFixture } from './fixture.ts';
import type { Ledger } from './ledger.ts';

/** What billing has recorded. Quantities are decimal text, and moments are in ISO 8601. */
export interface BillingEvidence {
  readonly subscriptions: readonly {
    readonly id: string;
    readonly status: string;
    readonly planId: string;
    readonly version: number;
  }[];
  readonly received: readonly string[];
  /** Event ids that were claimed. */
  readonly claims: readonly string[];
  readonly records: readonly UsageRecordRow[];
  readonly meterHours: readonly MeterHourRow[];
  /** In the order in which they were written. */
  readonly entries: readonly LedgerEntryRow[];
  readonly hours: readonly UsageHourRow[];
}

/** Usage belongs to a subscription, and to the plan and term of its moment. */
interface OfTerm {
  readonly subscriptionId: string;
  readonly meter: string;
  readonly hour: string;
  readonly planId: string;
  readonly termStart: string;
}

export interface UsageRecordRow extends OfTerm {
  readonly eventId: string;
  readonly quantity: string;
}

export interface MeterHourRow extends OfTerm {
  readonly used: string;
  readonly counted: string;
  readonly state: string;
}

export interface LedgerEntryRow extends OfTerm {
  readonly kind: string;
  readonly dimension: string;
  readonly toHour: string | null;
  readonly used: string;
  readonly included: string;
  readonly reported: string;
  readonly remainder: string;
  readonly basis: string | null;
  readonly reason: string | null;
}

export interface UsageHourRow {
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly hour: string;
  readonly planId: string;
  readonly used: string;
  readonly reported: string;
  readonly billed: string | null;
  readonly state: string;
  readonly status: string | null;
  readonly problem: string | null;
}

export async function collectBilling(client: Client): Promise<BillingEvidence> {
  const rows = async <T>(text: string) => (await client.query(text)).rows as T[];
  const ids = async (text: string) => (await rows<{ id: string }>(text)).map(({ id }) => id);
  return {
    subscriptions: await rows(
      `select id, status, plan_id as "planId", version from billing.subscriptions`,
    ),
    received: await ids(
      `select message_id as id from billing.inbox where consumer = 'billing-subscriptions'`,
    ),
    claims: await ids('select event_id as id from billing.usage_claims'),
    records: await rows(
      `select ${OF_TERM}, event_id as "eventId", quantity::text from billing.usage_records`,
    ),
    meterHours: await rows(
      `select ${OF_TERM}, used::text, counted::text, state from billing.meter_hours`,
    ),
    entries: await rows(
      `select ${OF_TERM}, kind, dimension, ${iso('to_hour')} as "toHour", used::text,
        included::text, reported::text, remainder::text, basis, reason
      from billing.ledger_entries order by id`,
    ),
    hours: await rows(
      `select subscription_id as "subscriptionId", dimension, ${iso('hour')} as hour,
        plan_id as "planId", used::text, reported::text, billed::text, state, status, problem
      from billing.usage_hours`,
    ),
  };
}

function iso(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

const OF_TERM = `subscription_id as "subscriptionId", meter, ${iso('hour')} as hour,
  plan_id as "planId", ${iso('term_start')} as "termStart"`;

type Statement = Awaited<ReturnType<ChaosFixture['client']['api']['usage']['statement']['query']>>;

/** What Landfall presents as proof when nothing of the usage can change any more. */
export interface UsageProof {
  readonly statements: readonly Pick<Statement, 'subscriptionId' | 'month' | 'lines'>[];
  /** Days of Microsoft's report beside the ledger. */
  readonly days: readonly {
    readonly subscriptionId: string;
    readonly planId: string;
    readonly dimension: string;
    readonly day: string;
    readonly ours: string;
    readonly processed: string | null;
    readonly verdict: string;
  }[];
  /** Open differences between the ledger and Microsoft's report. */
  readonly incidents: readonly { readonly subscriptionId: string; readonly message: string }[];
}

/** The statements of all months with usage, and what Microsoft's report was compared with. */
export async function collectProof(
  fixture: ChaosFixture,
  ledger: Ledger,
  client: Client,
): Promise<UsageProof> {
  const rows = async <T>(text: string) => (await client.query(text)).rows as T[];
  const months = await rows<{ month: string }>(
    `select distinct to_char(hour at time zone 'UTC', 'YYYY-MM') as month from (
      select hour from billing.meter_hours union select hour from billing.usage_hours) as hours`,
  );
  const { api } = fixture.client;
  const wanted = [...ledger.metered.keys()].flatMap((subscriptionId) =>
    months.map(({ month }) => api.usage.statement.query({ subscriptionId, month })),
  );
  return {
    statements: await Promise.all(wanted),
    days: await rows(
      `select subscription_id as "subscriptionId", plan_id as "planId", dimension,
        day::text, ours::text, processed::text, verdict from billing.read_back_days`,
    ),
    incidents: await rows(
      `select subscription_id as "subscriptionId", message from billing.usage_incidents
      where settled_at is null and kind not in ('unusual', 'threshold')`,
    ),
  };
}
