import { randomUUID } from 'node:crypto';
import type { ChaosFixture } from './fixture.ts';
import type { Ledger, ReportedUsage } from './ledger.ts';
import { metersOf } from './metered.ts';
import { persist, sleep } from './patience.ts';
import type { Random } from './random.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Hours before the present one, all of them after the purchase. */
const HOURS_AGO = { min: 2, max: 18 };
/** Reporters at the same time, which also repeat each other's records. */
const REPORTERS = 3;
const BATCH = { min: 1, max: 6 };
const PAUSE_MS = { min: 100, max: 900 };
const REPEATED = 0.2;
const BAD = 0.1;
const PLAIN_HTTP = 0.4;

/** Quantities that binary floating point cannot add, or that are smaller than what Microsoft can get. */
const SMALL = ['0.1', 0.3, '3', '0.000001', 1e-7, '0.0000004', '0.123456789012', 1.25] as const;

type Sent = Omit<ReportedUsage, 'isTaken'>;

/** Reports usage until the signal. Repeats unanswered calls, and sometimes answered records. */
export async function reportUsage(
  fixture: ChaosFixture,
  ledger: Ledger,
  from: { readonly ids: readonly string[]; readonly random: Random },
  signal: AbortSignal,
): Promise<void> {
  const reporters = Array.from({ length: REPORTERS }, () =>
    reportAlone(fixture, ledger, { ids: from.ids, random: from.random.fork() }, signal),
  );
  await Promise.all(reporters);
}

async function reportAlone(
  fixture: ChaosFixture,
  ledger: Ledger,
  { ids, random }: { readonly ids: readonly string[]; readonly random: Random },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const batch = Array.from({ length: random.whole(BATCH.min, BATCH.max) }, () => {
      const known = [...ledger.usage.values()];
      return known.length > 0 && random.chance(REPEATED)
        ? random.pick(known)
        : fresh(ledger, ids, random);
    });
    for (const record of batch) ledger.usage.set(record.eventId, record);
    const bad = random.chance(BAD) ? [badRecord(ledger, random.pick(ids), random)] : [];
    await send(fixture, ledger, { batch, bad, isPlain: random.chance(PLAIN_HTTP) }, signal);
    await sleep(random.whole(PAUSE_MS.min, PAUSE_MS.max), signal);
  }
}

/**
 * Sends the unanswered records until there is an answer. Afterwards, every record is known to be
 * accepted.
 */
export async function reportUnanswered(
  fixture: ChaosFixture,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  const batch = [...ledger.usage.values()].filter(({ isTaken }) => !isTaken);
  if (batch.length > 0) await send(fixture, ledger, { batch }, signal);
}

interface Batch {
  readonly batch: readonly ReportedUsage[];
  /** Records that must be refused, after the others. */
  readonly bad?: readonly BadRecord[];
  /** Over HTTP without the tRPC client. */
  readonly isPlain?: boolean;
}

async function send(
  { client }: ChaosFixture,
  ledger: Ledger,
  { batch, bad = [], isPlain = false }: Batch,
  signal: AbortSignal,
): Promise<void> {
  const records = [...batch.map(({ isTaken: _isTaken, ...record }) => record), ...bad.map(asSent)];
  const call = isPlain
    ? () => post(client.stack, records)
    : () => client.api.usage.report.mutate({ records });
  const answer = await persist(call, signal);
  for (const [index, { outcome }] of answer?.results.entries() ?? []) {
    const record = batch[index];
    const flaw = bad[index - batch.length]?.flaw;
    if (record && outcome !== 'refused') record.isTaken = true;
    if (flaw !== undefined) ledger.count('bad usage records');
    if (flaw !== undefined && outcome !== 'refused') ledger.badUsageTaken.push(flaw);
  }
}

interface Answer {
  readonly results: readonly { readonly outcome: 'taken' | 'repeated' | 'refused' }[];
}

async function post(
  { gatewayUrl, operatorApiKey }: ChaosFixture['client']['stack'],
  records: readonly Sent[],
): Promise<Answer> {
  const response = await fetch(`${gatewayUrl}/v1/usage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ records }),
  });
  if (!response.ok) throw new Error(`usage was answered ${response.status}`);
  return (await response.json()) as Answer;
}

function fresh(ledger: Ledger, ids: readonly string[], random: Random): ReportedUsage {
  const hoursAgo = random.whole(HOURS_AGO.min, HOURS_AGO.max);
  const occurredAt = new Date(Date.now() - hoursAgo * HOUR_MS).toISOString();
  const subscriptionId = random.pick(ids);
  const { planId = '', termUnit = '' } = ledger.metered.get(subscriptionId) ?? {};
  const [dimension, size] = random.pick(Object.entries(metersOf(planId, termUnit)));
  const quantity = random.chance(0.5) ? random.pick(SMALL) : large(size, random);
  return newRecord({ subscriptionId, dimension, quantity, occurredAt });
}

/** A quantity with up to three decimals, on average five times `size`. */
export function large(size: number, random: Random): string {
  return `${random.whole(1, 9 * size)}.${random.whole(0, 999)}`;
}

export function newRecord(of: Omit<Sent, 'eventId'>): ReportedUsage {
  return { ...of, eventId: randomUUID(), isTaken: false };
}

interface BadRecord {
  readonly flaw: string;
  readonly record: Sent;
}

/** A record with one flaw. */
function badRecord(ledger: Ledger, subscriptionId: string, random: Random): BadRecord {
  const hoursFromNow = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();
  const occurredAt = hoursFromNow(-HOURS_AGO.min);
  const sound = newRecord({ subscriptionId, dimension: 'reports', quantity: '7', occurredAt });
  const taken = [...ledger.usage.values()].find(({ isTaken }) => isTaken);
  const flaws: readonly BadRecord[] = [
    { flaw: 'nothing was used', record: { ...sound, quantity: '0' } },
    { flaw: 'a negative quantity', record: { ...sound, quantity: '-3' } },
    { flaw: 'no quantity', record: { ...sound, quantity: 'many' } },
    { flaw: 'thirteen decimals', record: { ...sound, quantity: '0.1234567890123' } },
    { flaw: 'a dimension that no plan has', record: { ...sound, dimension: 'Reports' } },
    { flaw: 'too old', record: { ...sound, occurredAt: hoursFromNow(-30) } },
    { flaw: 'not yet used', record: { ...sound, occurredAt: hoursFromNow(2) } },
    { flaw: 'an unknown subscription', record: { ...sound, subscriptionId: randomUUID() } },
    ...(taken
      ? [{ flaw: "another record's id", record: { ...sound, eventId: taken.eventId } }]
      : []),
  ];
  return random.pick(flaws);
}

function asSent({ record }: BadRecord): Sent {
  const { eventId, subscriptionId, dimension, quantity, occurredAt } = record;
  return { eventId, subscriptionId, dimension, quantity, occurredAt };
}
