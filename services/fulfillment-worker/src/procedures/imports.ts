import type { z } from 'zod';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import { importProcedures } from '@landfall/contracts/import-procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { Call, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { isFault } from '@landfall/domain/fault';
import { isTerminal, type Person } from '@landfall/domain/subscription';
import type { MarketplaceSubscription } from '@landfall/marketplace/subscription';
import { inTransaction } from '@landfall/service-kit/database';
import type { Trx } from '../db/schema.ts';
import { isPoor, observeSubscription } from '../observe-subscription.ts';
import { forPublisher, type PublisherDeps } from '../publishers.ts';
import { recordEvents } from '../record-events.ts';
import { lockLane } from '../store/lanes.ts';
import {
  findSubscription,
  lockSubscription,
  readAnswers,
  saveAnswers,
} from '../store/subscriptions.ts';
import { addToTimeline, textsOf, type Context } from '../store/timeline.ts';
import type { ProcedureDeps } from './deps.ts';

const spec = importProcedures.imports.subscriptions;
type Input = z.output<typeof spec.input>;
type Imported = Input['subscriptions'][number];
type Result = z.output<typeof spec.output>['results'][number];

/** Of the calls to Microsoft. A full batch takes five rounds, which fit into the ten seconds of an answer. */
const AT_A_TIME = 5;
const HISTORY = 'importedHistory';

interface Import {
  readonly own: PublisherDeps;
  readonly source: string;
  readonly dryRun: boolean;
  readonly call: Call;
}

/**
 * Takes over subscriptions of another system. Microsoft's record is read and written down as in a reconciliation; only
 * what Microsoft does not have comes from the other system, and never replaces what is stored here.
 */
export function importsProcedures(deps: ProcedureDeps): Handlers<FulfillmentProcedures>['imports'] {
  return {
    async subscriptions({ source, subscriptions, dryRun, publisherId }, call) {
      const { publishers } = deps;
      const publisher =
        publisherId === undefined
          ? publishers.isSole && publishers.all[0]
          : publishers.of(publisherId);
      if (!publisher) return publisherId === undefined ? publisherMissing() : notFound('publisher');
      const wanted = subscriptions.map((one) => ({
        ...one,
        subscriptionId: one.subscriptionId.trim().toLowerCase(),
      }));
      const twice = wanted.find(
        ({ subscriptionId }, index) =>
          wanted.findIndex((other) => other.subscriptionId === subscriptionId) !== index,
      );
      if (twice) return namedTwice(twice.subscriptionId);
      const given = { own: forPublisher(deps, publisher), source, dryRun, call };
      const results: Result[] = [];
      for (let next = 0; next < wanted.length; next += AT_A_TIME) {
        const some = wanted.slice(next, next + AT_A_TIME);
        results.push(...(await Promise.all(some.map((one) => importOne(given, one)))));
      }
      deps.wakeRelay();
      return { results, isDryRun: dryRun };
    },
  };
}

async function importOne(given: Import, imported: Imported): Promise<Result> {
  const { own, dryRun, call } = given;
  const { subscriptionId } = imported;
  const unknown: Result = { subscriptionId, outcome: 'unknown-at-microsoft', differences: [] };
  try {
    const known = await findSubscription(own.db.kysely, subscriptionId);
    if (known && own.isForeign?.(known.state.publisherId)) return unknown;
    const { correlationId, signal } = call;
    const seen = await own.fulfillment.get(subscriptionId, {
      correlationId,
      signal,
      priority: 'page',
    });
    if (!seen) return unknown;
    if (!dryRun) await takeOver(given, imported, seen);
    return {
      subscriptionId,
      outcome: known ? 'known' : 'imported',
      differences: differencesOf(imported, seen),
      detail: isEnded(seen) ? ENDED : undefined,
    };
  } catch (error: unknown) {
    if (!isFault(error)) throw error;
    const nextStep =
      error.retry === 'later'
        ? 'repeat the import of this subscription'
        : 'check the access with credentials.status';
    const detail = `${error.code}: ${nextStep}.`;
    return { subscriptionId, outcome: 'failed', differences: [], detail };
  }
}

/** The history comes first, so that the timeline begins with it. */
async function takeOver(
  { own, source, call }: Import,
  imported: Imported,
  seen: MarketplaceSubscription,
): Promise<void> {
  const { correlationId, signal } = call;
  const { subscriptionId } = imported;
  const context = { cause: 'import', correlationId } as const;
  await observeSubscription(own, subscriptionId, context, {
    write: (fn) =>
      inTransaction(own.db, async (trx) => {
        await lockLane(trx, subscriptionId);
        await addHistory(trx, { imported, source }, context);
        return await fn(trx);
      }),
    call: { correlationId, signal, priority: 'page' },
    firstSeen: isPoor(seen) ? undefined : seen,
    isMissingDoubted: true,
  });
  await inTransaction(own.db, async (trx) => {
    await lockLane(trx, subscriptionId);
    const before = await lockSubscription(trx, subscriptionId);
    // After the end, nothing would erase the person and the answers.
    if (!before || isTerminal(before.state)) return;
    const { claimedBy } = before.state;
    const person = personOf(imported, before.state.beneficiary);
    const isNews = (await textsOf(trx, subscriptionId, 'imported')).size === 0;
    if (isNews || (person && !claimedBy)) {
      const event = { type: 'imported', source, claimedBy: person } as const;
      await recordEvents(trx, { before, events: [event], at: own.now() }, context);
    }
    const { answers } = imported;
    if (!answers || Object.keys(answers).length === 0) return;
    if (!(await readAnswers(trx, subscriptionId))) await saveAnswers(trx, subscriptionId, answers);
  });
}

async function addHistory(
  trx: Trx,
  { imported, source }: { readonly imported: Imported; readonly source: string },
  context: Context,
): Promise<void> {
  const { subscriptionId, history } = imported;
  if (history.length === 0) return;
  const known = await textsOf(trx, subscriptionId, HISTORY);
  for (const { at, text } of history) {
    const time = new Date(at);
    if (known.has(`${time.toISOString()} ${text}`)) continue;
    const details = { text, source };
    await addToTimeline(trx, { subscriptionId, kind: HISTORY, at: time, details }, context);
  }
}

/** Only a person of the organisation that Microsoft names may count as the one who confirmed the purchase. */
function personOf({ claimedBy }: Imported, beneficiary: Person): Person | undefined {
  if (!claimedBy || Object.values(claimedBy).every((value) => value === undefined))
    return undefined;
  const tenantId = claimedBy.tenantId ?? beneficiary.tenantId;
  const isOther = beneficiary.tenantId !== undefined && !isSame(tenantId, beneficiary.tenantId);
  return isOther ? undefined : { ...claimedBy, tenantId };
}

const ENDED = 'The subscription has ended, so people and answers were not taken over.';

function isEnded({ status }: MarketplaceSubscription): boolean {
  return status === 'Unsubscribed';
}

function differencesOf(imported: Imported, seen: MarketplaceSubscription): string[] {
  const { status, planId, quantity, claimedBy } = imported;
  const tenantId = seen.beneficiary?.tenantId;
  const compared: readonly (readonly [string, Value, Value])[] = [
    ['status', status, seen.status],
    ['planId', planId, seen.planId],
    ['quantity', quantity, seen.quantity],
    ['claimedBy.tenantId', claimedBy?.tenantId, tenantId],
  ];
  return compared
    .filter(([, there, here]) => there !== undefined && !isSame(there, here))
    .map(
      ([field, there, here]) => `${field}: ${textOf(there)} there, ${textOf(here)} at Microsoft`,
    );
}

type Value = string | number | null | undefined;

function isSame(one: Value, other: Value): boolean {
  return textOf(one).toLowerCase() === textOf(other).toLowerCase();
}

function textOf(value: Value): string {
  return String(value ?? 'none');
}

function publisherMissing(): Rejection<'import.invalid'> {
  return new Rejection(
    'import.invalid',
    'Several publishers are configured. Say with publisherId which one sold these subscriptions.',
  );
}

function namedTwice(subscriptionId: string): Rejection<'import.invalid'> {
  return new Rejection(
    'import.invalid',
    `The subscription ${subscriptionId} is named twice. Remove one.`,
  );
}
