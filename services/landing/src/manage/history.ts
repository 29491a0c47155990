import { z } from 'zod';
import type { Message, Plan, Subscriptions, TimelineEntry } from '../clients/subscriptions.ts';
import type { Db } from '../db/schema.ts';
import { whoAskedFor } from '../store/members.ts';
import type { Words } from '../words/words.ts';
import type { Admitted } from './visit.ts';

export interface HistoryLine {
  readonly at: Date;
  readonly text: string;
  /** The publisher's reason for refusing it. */
  readonly message?: Message | undefined;
}

export interface HistoryDeps {
  readonly db: Db;
  readonly subscriptions: Pick<Subscriptions, 'history' | 'knownPlans'>;
}

/** Turns timeline entries into sentences for the customer. Internal entries are left out. */
export async function linesOf(
  { db, subscriptions }: HistoryDeps,
  { subscription, frame, session }: Pick<Admitted, 'subscription' | 'frame' | 'session'>,
  entries: readonly TimelineEntry[],
): Promise<HistoryLine[]> {
  const changeIds = entries.flatMap((entry) => textOf(entry, 'changeId') ?? []);
  const [plans, askedBy] = await Promise.all([
    subscriptions.knownPlans(subscription),
    whoAskedFor(db, {
      subscriptionId: subscription.id,
      changeIds,
      tenantId: session.visitor.tenantId,
    }),
  ]);
  const names: Names = { planName: (planId) => planNameIn(plans, planId), askedBy };
  return entries.flatMap((entry) => {
    const text = sentenceOf(frame.words, entry, names);
    return text === undefined ? [] : [{ at: new Date(entry.at), text, message: messageIn(entry) }];
  });
}

/** Microsoft's name of a plan, or its id if the name is unknown. */
export function planNameIn(plans: readonly Plan[], planId: string): string {
  return plans.find((plan) => plan.planId === planId)?.displayName || planId;
}

export interface Names {
  planName(planId: string): string;
  /** Names of the people who requested changes on these pages, by change id. */
  readonly askedBy: ReadonlyMap<string, string>;
}

/** Undefined if the entry means nothing to a customer. */
export function sentenceOf(
  words: Words,
  entry: Pick<TimelineEntry, 'kind' | 'details'>,
  names: Names,
): string | undefined {
  const plan = (field: string) => names.planName(textOf(entry, field) ?? '');
  switch (entry.kind) {
    case 'purchased':
      return words.t('history.purchased', { plan: plan('planId') });
    case 'planChanged': {
      const endsTrial = entry.details['endsTrial'] === true;
      const key = endsTrial ? 'history.planChangedEndsTrial' : 'history.planChanged';
      return words.t(key, { from: plan('from'), to: plan('to') });
    }
    case 'quantityChanged':
      return words.t('history.seatsChanged', {
        from: numberIn(words, entry, 'from'),
        to: numberIn(words, entry, 'to'),
      });
    case 'renewed':
      return renewal(words, entry);
    case 'autoRenewChanged':
      return words.t(entry.details['to'] === true ? 'history.autoRenewOn' : 'history.autoRenewOff');
    case 'changeRequested': {
      const change = changeInWords(words, entry, names);
      const name = names.askedBy.get(textOf(entry, 'changeId') ?? '');
      if (name !== undefined) return words.t('history.requestedBy', { name, change });
      const isBySeller = textOf(entry, 'origin') === 'publisher';
      return words.t(isBySeller ? 'history.requestedBySeller' : 'history.requested', { change });
    }
    case 'changeFailed':
      return words.t('history.failed', { change: changeInWords(words, entry, names) });
    case 'changeRefused': {
      const change = changeInWords(words, entry, names);
      const name = names.askedBy.get(textOf(entry, 'changeId') ?? '');
      if (name !== undefined) return words.t('history.refusedBy', { name, change });
      // Entries without an origin are older. At that time, only changes in the marketplace were refused.
      const isHere = textOf(entry, 'origin') === 'customer';
      return words.t(isHere ? 'history.refused' : 'history.refusedMarketplace', { change });
    }
    default:
      return isPlain(entry.kind) ? words.t(`history.${entry.kind}`) : undefined;
  }
}

/** Kinds whose sentence needs no details. */
const PLAIN = [
  'activationRequested',
  'approvalRequested',
  'approved',
  'declined',
  'claimed',
  'activated',
  'activationFailed',
  'provisioned',
  'provisioningFailed',
  'suspended',
  'reinstated',
  'unsubscribed',
  'personalDataErased',
] as const;

function isPlain(kind: string): kind is (typeof PLAIN)[number] {
  return (PLAIN as readonly string[]).includes(kind);
}

function renewal(words: Words, { details }: Pick<TimelineEntry, 'details'>): string {
  if (details['convertsTrial'] === true) return words.t('history.trialConverted');
  const term = new Map(Object.entries(details['term'] ?? {}));
  const end: unknown = term.get('endDate');
  return typeof end === 'string'
    ? words.t('history.renewed', { date: words.date(new Date(end)) })
    : words.t('history.renewedPlain');
}

function changeInWords(words: Words, entry: Pick<TimelineEntry, 'details'>, names: Names): string {
  const { details } = entry;
  switch (textOf(entry, 'change') ?? textOf(entry, 'action')) {
    case 'ChangePlan': {
      const [from, planId] = [textOf(entry, 'from'), textOf(entry, 'planId')];
      if (planId === undefined) return words.t('history.change.plan');
      const plan = names.planName(planId);
      return from === undefined
        ? words.t('history.change.planTo', { plan })
        : words.t('history.change.planFrom', { from: names.planName(from), plan });
    }
    case 'ChangeQuantity': {
      const [from, count] = [details['from'], details['quantity']];
      if (typeof count !== 'number') return words.t('history.change.seats');
      return typeof from === 'number'
        ? words.t('history.change.seatsFrom', { from: words.number(from), count })
        : words.t('history.change.seatsTo', { count });
    }
    default:
      return words.t('history.change.cancel');
  }
}

/** The publisher's text that was stored with the refusal. */
function messageIn({ details }: Pick<TimelineEntry, 'details'>): Message | undefined {
  const parsed = z.record(z.string(), z.string()).safeParse(details['message']);
  return parsed.success ? parsed.data : undefined;
}

function textOf({ details }: Pick<TimelineEntry, 'details'>, field: string): string | undefined {
  const value = details[field];
  return typeof value === 'string' ? value : undefined;
}

function numberIn(
  words: Words,
  { details }: Pick<TimelineEntry, 'details'>,
  field: string,
): string {
  const value = details[field];
  return typeof value === 'number' ? words.number(value) : '–';
}
