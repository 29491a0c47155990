import type { Envelope } from '@landfall/contracts/envelope';
import type { MatterClosed, MatterOpened, MatterSeverity } from '@landfall/contracts/matters';
import { gatewayMatters } from '@landfall/contracts/streams';
import type { Bus } from '@landfall/service-kit/bus';
import { inTransaction } from '@landfall/service-kit/database';
import { once } from '@landfall/service-kit/inbox';
import type { Db } from '../db/schema.ts';
import {
  insertEvents,
  insertMatter,
  lockMatter,
  updateMatter,
  type MatterEventRow,
  type MatterRow,
  type NewMatter,
  type Trx,
} from '../store/matters.ts';

/** Keeps the list of matters from the facts of all services. Facts may be repeated and may arrive in any order. */
export async function takeMatterFacts(bus: Bus, db: Db): Promise<AsyncDisposable> {
  return await bus.consume(gatewayMatters, (fact, { messageId, occurredAt }: Envelope) =>
    inTransaction(db, async (trx) => {
      if (!(await once(trx, gatewayMatters.durable, messageId))) return;
      if ('openedAt' in fact) await takeOpened(trx, fact, occurredAt);
      else await takeClosed(trx, fact);
    }),
  );
}

async function takeOpened(trx: Trx, fact: MatterOpened, at: Date): Promise<void> {
  const content = contentOf(fact);
  if (await insertMatter(trx, { id: fact.id, ...content, ...UNTOUCHED })) {
    await insertEvents(trx, [eventOf(fact.id, content.openedAt, 'opened')]);
    return;
  }
  const was = await lockMatter(trx, fact.id);
  if (!was || was.version >= fact.version) return;
  const hasRisen = rank(fact.severity) < was.rank;
  const isReopened = was.endedAt === null && was.closedBy === 'person' && hasRisen;
  const isWoken = was.snoozedUntil !== null && hasRisen && fact.severity === 'critical';
  await updateMatter(trx, fact.id, {
    ...content,
    ...(isReopened && { closedAt: null, closedBy: null, closedReason: null }),
    ...(isWoken && { snoozedUntil: null }),
  });
  await insertEvents(trx, [
    // The fact that closed it was faster.
    ...(was.version === 0
      ? [eventOf(fact.id, content.openedAt, 'opened')]
      : changeOf(was, fact, at)),
    ...(isWoken ? [eventOf(fact.id, at, 'shown-again')] : []),
    ...(isReopened ? [eventOf(fact.id, at, 'reopened')] : []),
  ]);
}

/** A change of the texts' values alone, such as a number of days, is no news. */
function changeOf(was: MatterRow, fact: MatterOpened, at: Date): Omit<MatterEventRow, 'id'>[] {
  const dueAt = was.dueAt?.toISOString();
  if (was.severity === fact.severity && dueAt === fact.dueAt) return [];
  const details = {
    ...(was.severity !== fact.severity && {
      severity: fact.severity,
      formerSeverity: was.severity,
    }),
    ...(dueAt !== fact.dueAt && { dueAt: fact.dueAt ?? null, formerDueAt: dueAt ?? null }),
  };
  return [{ ...eventOf(fact.id, at, 'changed'), details }];
}

async function takeClosed(trx: Trx, fact: MatterClosed): Promise<void> {
  // Published by `matters.close`, which has changed the list already.
  if (fact.by === 'person') return;
  const closedAt = new Date(fact.closedAt);
  const ended = { closedAt, closedBy: 'itself', endedAt: closedAt } as const;
  if (await insertMatter(trx, { ...unopened(fact, closedAt), ...UNTOUCHED, ...ended })) {
    await insertEvents(trx, [eventOf(fact.id, closedAt, 'cause-gone')]);
    return;
  }
  const was = await lockMatter(trx, fact.id);
  if (!was || was.endedAt !== null) return;
  // What a person has said about closing it stays.
  await updateMatter(trx, fact.id, was.closedAt === null ? ended : { endedAt: closedAt });
  await insertEvents(trx, [eventOf(fact.id, closedAt, 'cause-gone')]);
}

/** What people do, and how it ends. */
const UNTOUCHED = {
  assignedTenant: null,
  assignedObject: null,
  snoozedUntil: null,
  closedAt: null,
  closedBy: null,
  closedReason: null,
  endedAt: null,
} as const;

type Content = Omit<NewMatter, 'id' | keyof typeof UNTOUCHED>;

function contentOf(fact: MatterOpened): Content {
  return {
    owner: fact.owner,
    kind: fact.kind,
    version: fact.version,
    publisherId: fact.publisherId ?? null,
    offerId: fact.offerId ?? null,
    subscriptionId: fact.subscriptionId ?? null,
    subjectType: fact.subject.type,
    subjectId: fact.subject.id,
    severity: fact.severity,
    params: fact.params,
    since: new Date(fact.since),
    openedAt: new Date(fact.openedAt),
    dueAt: fact.dueAt === undefined ? null : new Date(fact.dueAt),
  };
}

/** Only the fact that closes it has arrived. The other one fills in the rest, and the matter stays closed. */
function unopened(fact: MatterClosed, at: Date): Content & { readonly id: string } {
  return {
    id: fact.id,
    owner: fact.owner,
    kind: fact.kind,
    version: 0,
    publisherId: fact.publisherId ?? null,
    offerId: null,
    subscriptionId: fact.subscriptionId ?? null,
    subjectType: '',
    subjectId: '',
    severity: 'info',
    params: {},
    since: at,
    openedAt: at,
    dueAt: null,
  };
}

function eventOf(matterId: string, at: Date, event: string): Omit<MatterEventRow, 'id'> {
  return { matterId, at, event, by: null, reason: null, details: null };
}

function rank(severity: MatterSeverity): number {
  return { critical: 0, warning: 1, info: 2 }[severity];
}
