import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { challengeOf } from '@landfall/marketplace/webhook-verifier';
import type { PublisherVerdict, PublisherVerifier } from '@landfall/publishers/webhook-verifiers';
import { isFault } from '@landfall/domain/fault';
import type { DirectAdmission, DirectAnswer } from '@landfall/service-kit/http-direct';
import { correlationId, type Logger } from '@landfall/service-kit/log';
import { traceParent } from '@landfall/service-kit/tracing';
import type { CallerCounters } from './caller-counters.ts';
import type { Decisions } from './decision.ts';
import { bodyText } from '../delivery/body-text.ts';
import type { Verdict } from '../db/schema.ts';
import { within } from './deadline.ts';
import { arrivalOf } from '../delivery/arrival.ts';
import { readDelivery, type Delivery } from '../delivery/delivery.ts';
import type { Intake } from './intake.ts';
import type { StoredDelivery } from '../store/deliveries.ts';

/** Microsoft's bodies are about 2 KB. The server answers 413 to larger ones. */
export const MAX_BODY_BYTES = 64 * 1024;
/** A call must be stored within this time. A 503 then comes well before Microsoft takes silence as a yes. */
const STORE_BUDGET_MS = 6_000;
/** Postgres, the signing keys and the worker are usually back within seconds. */
const RETRY_AFTER_SECONDS = '5';

export interface WebhookParts {
  readonly verifier: PublisherVerifier;
  readonly intake: Intake;
  readonly decisions: Decisions;
  readonly counters: CallerCounters;
  /** Called when a delivery was stored after its 503 had been sent. */
  readonly onStoredLate: (notificationId: string, receivedAt: Date) => Promise<void>;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * Judges a call of the connection webhook by its headers. Returns 401 for a caller without a valid token, 503 if the
 * token cannot be checked now, or a function that takes the notification once its body has arrived.
 */
export async function admitWebhook(
  parts: WebhookParts,
  { headers }: Pick<IncomingMessage, 'headers'>,
): Promise<DirectAdmission> {
  const receivedAt = parts.now();
  const startedAt = performance.now();
  try {
    const caller = await parts.verifier.verify(headers.authorization);
    if (caller.ok) {
      const call = { ...caller, headers, receivedAt, startedAt };
      return (body) => takeNotification(parts, body, call);
    }
    // The doctor's own probe is no sign of an attack or of a proxy that removes tokens.
    if (caller.reason !== 'own-application') {
      parts.counters.refused(caller.reason, caller.publisherId);
    }
    return { status: 401, headers: { 'WWW-Authenticate': challengeOf(caller.reason) } };
  } catch (error: unknown) {
    return troubleOf(parts, error);
  }
}

type VerifiedCall = Extract<PublisherVerdict, { ok: true }> & {
  readonly headers: IncomingHttpHeaders;
  readonly receivedAt: Date;
  /** The same moment by a clock that is never set. */
  readonly startedAt: number;
};

/**
 * Takes a verified call: stores it, answers it, then publishes it. Answers 200, or 400 for a stored refusal, or 503 for
 * any failure of our own, so that Microsoft calls again. The bodies of answers are empty.
 */
async function takeNotification(
  parts: WebhookParts,
  bytes: Buffer,
  { publisherId, claims, headers, receivedAt, startedAt }: VerifiedCall,
): Promise<DirectAnswer> {
  try {
    const { tokenVersion } = claims;
    const delivery = readDelivery(
      { ...(await bodyText(bytes, headers['content-encoding'])), bytes },
      {
        receivedAt,
        correlationId: correlationId(),
        traceParent: traceParent(),
        tokenVersion,
        publisherId,
        arrival: arrivalOf(headers, claims),
      },
    );
    const left = startedAt + STORE_BUDGET_MS - performance.now();
    const storing = parts.intake.add(delivery);
    const stored = await within(left, 'ingest.store-timeout', storing).catch((error: unknown) => {
      void storing.then(({ id }) => parts.onStoredLate(id, receivedAt)).catch(() => undefined);
      throw error;
    });
    return await answer(parts, delivery, stored);
  } catch (error: unknown) {
    return troubleOf(parts, error);
  }
}

/** Answers 503 to every failure, bugs included, because a 4xx would refuse the customer's change. */
function troubleOf(parts: WebhookParts, error: unknown): DirectAnswer {
  if (isFault(error) && error.code === 'keys.unavailable') parts.counters.unverified();
  else parts.log.error({ err: error, isBug: !isFault(error) }, 'could not take a notification');
  return unavailable;
}

async function answer(
  parts: WebhookParts,
  delivery: Delivery,
  stored: StoredDelivery,
): Promise<DirectAnswer> {
  parts.counters.accepted(delivery.publisherId);
  if (stored.isFirst && delivery.problems.length > 0) {
    parts.log.warn(
      { notificationId: stored.id, problems: delivery.problems },
      'received a notification that differs from the documentation',
    );
  }
  if (delivery.judgement === 'none') return responseFor(stored.verdict);
  const verdict =
    stored.verdict === 'undecided'
      ? await parts.decisions.decide(stored.id, delivery)
      : stored.verdict;
  parts.intake.publishDecided(stored, delivery);
  return responseFor(verdict);
}

function responseFor(verdict: Verdict): DirectAnswer {
  if (verdict === 'undecided') return unavailable;
  return { status: verdict === 'refused' ? 400 : 200 };
}

const unavailable: DirectAnswer = {
  status: 503,
  headers: { 'Retry-After': RETRY_AFTER_SECONDS },
};
