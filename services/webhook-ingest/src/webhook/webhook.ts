import type { PublisherVerdict, PublisherVerifier } from '@landfall/publishers/webhook-verifiers';
import { isFault } from '@landfall/domain/fault';
import type { Admission } from '@landfall/service-kit/http-app';
import { correlationId, type Logger } from '@landfall/service-kit/log';
import type { Relay } from '@landfall/service-kit/relay';
import type { CallerCounters } from './caller-counters.ts';
import type { Decisions } from './decision.ts';
import { bodyText } from '../delivery/body-text.ts';
import type { Verdict } from '../db/schema.ts';
import { within } from '../deadline.ts';
import { readDelivery, type Delivery } from '../delivery/delivery.ts';
import type { GroupCommit } from './group-commit.ts';
import { messageOf } from '../relay/notification-relay.ts';
import type { StoredDelivery } from '../store/deliveries.ts';

/** Microsoft's bodies are about 2 KB; the server answers 413 to more. */
export const MAX_BODY_BYTES = 64 * 1024;
/** Since the call arrived, keys included: 503 comes well before Microsoft takes silence for a yes. */
const STORE_BUDGET_MS = 6_000;
/** Postgres, keys or a worker are usually back within seconds. */
const RETRY_AFTER_SECONDS = '5';

export interface WebhookParts {
  readonly verifier: PublisherVerifier;
  readonly deliveries: GroupCommit<Delivery, StoredDelivery>;
  readonly decisions: Decisions;
  readonly relay: Pick<Relay, 'publishSoon'>;
  readonly counters: CallerCounters;
  /** A delivery was stored when its 503 was out already. */
  readonly onStoredLate: (notificationId: string, receivedAt: Date) => Promise<void>;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * Judges a call of the connection webhook by its headers: 401 for a stranger, 503 where nobody can say who calls,
 * else who takes the notification once its body is there.
 */
export async function admitWebhook(parts: WebhookParts, request: Request): Promise<Admission> {
  const receivedAt = parts.now();
  try {
    const caller = await parts.verifier.verify(request.headers.get('authorization') ?? undefined);
    if (caller.ok) return (whole) => takeNotification(parts, whole, { ...caller, receivedAt });
    parts.counters.refused(caller.reason, caller.publisherId);
    return new Response(null, { status: 401 });
  } catch (error: unknown) {
    return troubleOf(parts, request, error);
  }
}

type Genuine = Extract<PublisherVerdict, { ok: true }> & { readonly receivedAt: Date };

/**
 * Takes a genuine call: store, answer, then publish. Answers 200, or 400 for a recorded refusal, and 503 for
 * any trouble of our own, which Microsoft then repeats. Bodies are empty.
 */
async function takeNotification(
  parts: WebhookParts,
  request: Request,
  { publisherId, claims, receivedAt }: Genuine,
): Promise<Response> {
  try {
    const bytes = new Uint8Array(await request.arrayBuffer());
    const { tokenVersion } = claims;
    const delivery = readDelivery(
      { ...(await bodyText(bytes, request.headers)), bytes },
      { receivedAt, correlationId: correlationId(), tokenVersion, publisherId },
    );
    const left = receivedAt.getTime() + STORE_BUDGET_MS - parts.now().getTime();
    const storing = parts.deliveries.add(delivery);
    const stored = await within(left, 'ingest.store-timeout', storing).catch((error: unknown) => {
      void storing.then(({ id }) => parts.onStoredLate(id, receivedAt)).catch(() => undefined);
      throw error;
    });
    return await answer(parts, delivery, stored);
  } catch (error: unknown) {
    return troubleOf(parts, request, error);
  }
}

/** Whatever it is, a bug included, a 4xx would refuse the customer's change: the call is repeated. */
function troubleOf(parts: WebhookParts, request: Request, error: unknown): Response {
  if (request.signal.aborted) return unavailable();
  if (isFault(error) && error.code === 'keys.unavailable') parts.counters.unverified();
  else parts.log.error({ err: error, isBug: !isFault(error) }, 'could not take a notification');
  return unavailable();
}

async function answer(
  parts: WebhookParts,
  delivery: Delivery,
  stored: StoredDelivery,
): Promise<Response> {
  parts.counters.accepted(delivery.publisherId);
  if (stored.isFirst && delivery.problems.length > 0) {
    parts.log.warn(
      { notificationId: stored.id, problems: delivery.problems },
      'a genuine notification is not as documented',
    );
  }
  const verdict =
    stored.verdict === 'undecided' && delivery.judgement !== 'none'
      ? await parts.decisions.decide(stored.id, delivery)
      : stored.verdict;
  if (stored.isFirst && delivery.subscriptionId !== undefined) {
    const message = messageOf({
      id: stored.id,
      publisher_id: delivery.publisherId ?? null,
      operation_id: delivery.operationId ?? null,
      subscription_id: delivery.subscriptionId,
      action: delivery.action,
      plan_id: delivery.planId ?? null,
      quantity: delivery.quantity,
      correlation_id: delivery.correlationId,
      received_at: delivery.receivedAt,
      replays: 0,
    });
    parts.relay.publishSoon(message);
  }
  return responseFor(verdict);
}

function responseFor(verdict: Verdict): Response {
  if (verdict === 'undecided') return unavailable();
  return new Response(null, { status: verdict === 'refused' ? 400 : 200 });
}

function unavailable(): Response {
  return new Response(null, { status: 503, headers: { 'Retry-After': RETRY_AFTER_SECONDS } });
}
