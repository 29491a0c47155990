import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Caller } from '@landfall/contracts/caller';
import type { Call, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import {
  refuseChange,
  type ChangeOrigin,
  type ChangeRejection,
  type WantedChange,
} from '@landfall/domain/change';
import { Fault } from '@landfall/domain/fault';
import { inTransaction } from '@landfall/service-kit/database';
import type { Trx } from '../db/schema.ts';
import {
  answerQuestion,
  judgeChange,
  type OpenQuestion,
  type ProductAnswer,
} from '../decisions/judge-change.ts';
import { lockLane } from '../store/lanes.ts';
import { refuseCustomerChange, startChange } from '../start-change.ts';
import {
  countRefusedHere,
  findChange,
  openChange,
  wantedOf,
  type ChangeRow,
} from '../store/changes.ts';
import { unknownOffers } from '../store/known-offers.ts';
import { readSettings } from '../store/settings.ts';
import { findSubscription, lockSubscription } from '../store/subscriptions.ts';
import type { CommandDeps } from './deps.ts';
import { unknownSubscription } from './read.ts';

type Subscriptions = Handlers<FulfillmentProcedures>['subscriptions'];

/**
 * The changes that callers can request: stored with their task, then answered. The publisher's rules decide on
 * customers' changes first, and a refusal is stored as the change's outcome.
 */
export function changeProcedures(
  deps: CommandDeps,
): Pick<Subscriptions, 'changePlan' | 'changeQuantity' | 'cancel'> {
  return {
    changePlan: async ({ planId, ...request }, call) => {
      const wanted = { kind: 'ChangePlan', planId } as const;
      const outcome = await requestChange(deps, { ...request, wanted }, call);
      if (outcome instanceof Rejection) return outcome;
      return { ...outcome, ...(await warningsAbout(deps, request.subscriptionId, planId)) };
    },
    changeQuantity: ({ quantity, ...request }, call) =>
      requestChange(deps, { ...request, wanted: { kind: 'ChangeQuantity', quantity } }, call),
    cancel: async ({ dryRun, ...request }, call) =>
      dryRun
        ? await describeCancellation(deps, request)
        : await requestChange(deps, { ...request, wanted: { kind: 'Unsubscribe' } }, call),
  };
}

/** A plan may be sold for the first time, so a plan without subscriptions is only a warning. */
async function warningsAbout({ db }: CommandDeps, subscriptionId: string, planId: string) {
  const known = await findSubscription(db.kysely, subscriptionId.toLowerCase());
  if (!known) return {};
  const { publisherId, offerId } = known.state;
  const warnings = await unknownOffers(db.kysely, {
    publisherId,
    offers: [{ offerId, planIds: [planId] }],
  });
  return warnings.length > 0 ? { warnings } : {};
}

/** Checks a cancellation as if it were requested, and says what it would do. */
async function describeCancellation(
  { db }: CommandDeps,
  asked: {
    readonly subscriptionId: string;
    readonly approvedBy: string;
    readonly changeId?: string | undefined;
  },
) {
  if (asked.approvedBy.trim() === '') return rejectionOf('change.approval-missing');
  const id = asked.subscriptionId.toLowerCase();
  const known = await findSubscription(db.kysely, id);
  if (!known) return unknownSubscription();
  const hasPending = (await openChange(db.kysely, id)) !== undefined;
  const refusal = refuseChange(known.state, { kind: 'Unsubscribe' }, hasPending);
  if (refusal) return rejectionOf(refusal);
  const { retentionDays } = await readSettings(db.kysely, known.state);
  return {
    changeId: asked.changeId ?? randomUUID(),
    state: 'requested' as const,
    consequences: [
      'Microsoft ends the subscription. An ended subscription cannot be reactivated; the customer has to buy again.',
      'Your product gets the event subscription.unsubscribed. Usage after the end is not billed.',
      `Landfall erases personal data ${retentionDays + 1} days after the end.`,
    ],
  };
}

/**
 * Per subscription. A person who reads the reason stops sooner. Each refusal is a row, a fact and an event to
 * the product. Accepted changes are not counted, so this never blocks them.
 */
export const MAX_REFUSED_PER_HOUR = 20;
const HOUR_MS = 60 * 60 * 1000;

/** If a subscription changes while its product is asked, the rules decide again, at most this many times. */
const MAX_POLLS = 3;

interface Request {
  readonly subscriptionId: string;
  readonly changeId: string;
  /** The caller chose the id, so it may have sent this change before. */
  readonly isRepeatable: boolean;
  readonly origin: ChangeOrigin;
  readonly approvedBy: string;
  readonly wanted: WantedChange;
}

async function requestChange(
  deps: CommandDeps,
  asked: {
    readonly subscriptionId: string;
    readonly approvedBy: string;
    readonly changeId?: string | undefined;
    readonly wanted: WantedChange;
  },
  { caller, correlationId, deadline }: Call,
) {
  const approvedBy = asked.approvedBy.trim();
  if (approvedBy === '') return rejectionOf('change.approval-missing');
  const request: Request = {
    subscriptionId: asked.subscriptionId.toLowerCase(),
    changeId: asked.changeId?.toLowerCase() ?? randomUUID(),
    isRepeatable: asked.changeId !== undefined,
    origin: originOf(caller),
    approvedBy,
    wanted: asked.wanted,
  };
  let answered: ProductAnswer | undefined;
  for (let round = 0; round < MAX_POLLS; round += 1) {
    const given = answered;
    const outcome = await inTransaction(deps.db, (trx) =>
      judgeAndStore(deps, trx, { request, answered: given, correlationId }),
    );
    if (outcome instanceof Rejection) return outcome;
    if ('state' in outcome) {
      deps.wakeLanes();
      deps.wakeRelay();
      return outcome;
    }
    answered = await answerQuestion(deps, outcome, deadline);
  }
  throw new Fault('decision.pending', 'the subscription changed while its change was decided', {
    retry: 'later',
  });
}

/** Our own pages act for customers. Every other caller acts for the publisher. */
function originOf(caller: Caller): ChangeOrigin {
  return caller.kind === 'service' && caller.name === 'landing' ? 'customer' : 'publisher';
}

/** Stores the change with its task or its refusal, unless the product has to be asked first. */
async function judgeAndStore(
  deps: Pick<CommandDeps, 'now'>,
  trx: Trx,
  of: {
    readonly request: Request;
    readonly answered: ProductAnswer | undefined;
    readonly correlationId: string;
  },
): Promise<Rejection | OpenQuestion | { changeId: string; state: ChangeRow['state'] }> {
  const { request, answered, correlationId } = of;
  const { subscriptionId, changeId, wanted, origin, approvedBy } = request;
  await lockLane(trx, subscriptionId);
  const known = await lockSubscription(trx, subscriptionId);
  if (!known) return unknownSubscription();
  const earlier = request.isRepeatable && (await findChange(trx, changeId));
  if (earlier) return repeated(earlier, { subscriptionId, wanted });
  const hasPending = (await openChange(trx, subscriptionId)) !== undefined;
  const refusal = refuseChange(known.state, wanted, hasPending);
  if (refusal) return rejectionOf(refusal);
  const subscription = known.state;
  const judged =
    origin === 'customer'
      ? await judgeChange(trx, { changeId, subscription, wanted, answered })
      : undefined;
  const mayBeRefused = judged !== undefined && judged.answer !== 'accept';
  if (mayBeRefused && (await isRefusedOften(trx, subscriptionId, deps.now()))) {
    return rejectionOf('change.refused-often');
  }
  if (judged?.answer === 'ask') return judged;
  const { planId, quantity } = subscription;
  const common = { id: changeId, subscriptionId, wanted, origin, approvedBy, at: deps.now() };
  const change = { ...common, from: { planId, quantity }, decision: judged };
  const context = { cause: 'command', correlationId } as const;
  if (judged?.answer === 'refuse') {
    await refuseCustomerChange(trx, { change, known, refusal: judged }, context);
    return { changeId, state: 'failed' };
  }
  await startChange(trx, change, context);
  return { changeId, state: 'requested' };
}

async function isRefusedOften(trx: Trx, subscriptionId: string, at: Date): Promise<boolean> {
  const since = new Date(at.getTime() - HOUR_MS);
  const limit = MAX_REFUSED_PER_HOUR;
  return (await countRefusedHere(trx, { subscriptionId, since, limit })) >= limit;
}

/** The state of a change that was requested before. An id that belongs to another change is rejected. */
function repeated(
  earlier: ChangeRow,
  request: { readonly subscriptionId: string; readonly wanted: WantedChange },
) {
  const isSame =
    earlier.subscriptionId === request.subscriptionId &&
    isDeepStrictEqual(wantedOf(earlier), request.wanted);
  return isSame ? { changeId: earlier.id, state: earlier.state } : rejectionOf('change.id-reused');
}

type Refusal =
  | ChangeRejection
  | 'change.approval-missing'
  | 'change.id-reused'
  | 'change.refused-often';

const messages: Readonly<Record<Refusal, string>> = {
  'subscription.ended': 'This subscription has ended for good.',
  'subscription.not-subscribed': 'Only an active subscription can be changed.',
  'subscription.read-only':
    'Microsoft does not allow this change from here. Ask whoever sold the subscription.',
  'subscription.change-pending': 'Another change is under way. Wait for its outcome.',
  'change.same-plan': 'The subscription already has this plan.',
  'change.same-quantity': 'The subscription already has this number of seats.',
  'change.not-per-seat': 'The plan is not sold per seat.',
  'change.quantity-invalid': 'The number of seats must be a whole number from 1 to 1,000,000.',
  'change.approval-missing': 'Name the person who approved the change.',
  'change.refused-often':
    'Too many changes of this subscription were refused within an hour. Try again later.',
  'change.id-reused': 'This id belongs to another change. Create a new id for each change.',
};

function rejectionOf(code: Refusal): Rejection {
  return new Rejection(code, messages[code]);
}
