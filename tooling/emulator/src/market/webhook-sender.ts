import { gzipSync } from 'node:zlib';
import type { CallLog } from '../calls/call-log.ts';
import { withoutTokens } from '../calls/redact.ts';
import { HOUR_MS, SECOND_MS } from './constants.ts';
import type { Market } from './market.ts';
import { answerOperation, openDecisionWindow } from './operations.ts';
import { registrationOf, sellerOfSubscription, type Seller } from './sellers.ts';
import type { DeliveryAttempt, DeliveryRecord } from './state.ts';

/** Retries end when either limit is reached. */
const ATTEMPTS_MAX = 500;
const RETRY_WINDOW_MS = 8 * HOUR_MS;

/**
 * Fast at first, so that a restart is hardly noticed; then one per minute, about 500 in 8 hours.
 */
const RETRY_DELAYS_MS = [1, 2, 5, 10, 30].map((seconds) => seconds * SECOND_MS);
const LAST_RETRY_DELAY_MS = 60 * SECOND_MS;

/** Real time for one attempt, which is the publisher's whole time to decide. */
const ATTEMPT_TIMEOUT_MS = 10 * SECOND_MS;

export interface WebhookSender {
  /** Makes the next attempt to deliver a notification and applies the answer. Never throws. */
  deliver(operationId: string): Promise<void>;
  /**
   * Sends a notification again, in any state.
   * @returns the statuses; null without an answer
   */
  redeliver(
    delivery: DeliveryRecord,
    options: { readonly times: number; readonly parallel: boolean },
  ): Promise<(number | null)[]>;
  /** Cuts attempts in progress. */
  stop(): void;
}

export function createWebhookSender(
  market: Market,
  options: {
    readonly token: (seller: Seller) => Promise<string>;
    readonly log: (line: string) => void;
    readonly calls: Pick<CallLog, 'add'>;
  },
): WebhookSender {
  const stopping = new AbortController();

  async function deliver(operationId: string): Promise<void> {
    const delivery = market.state.deliveries.get(operationId);
    const operation = market.state.operations.get(operationId);
    if (delivery === undefined || operation === undefined) return;
    const isFirst = delivery.firstAttemptAt === null;
    if (isFirst) {
      delivery.firstAttemptAt = market.clock.now();
      openDecisionWindow(market, operation);
    }
    if (delivery.state === 'dropped') return;
    delivery.state = 'pending';
    const copies = isFirst ? delivery.duplicates : 0;
    await Promise.all([
      attempt(delivery, isFirst ? 'first' : 'retry'),
      ...Array.from({ length: copies }, () => attempt(delivery, 'duplicate')),
    ]);
    releaseHeld(delivery);
    if (delivery.state === 'pending') scheduleRetry(delivery);
  }

  async function redeliver(
    delivery: DeliveryRecord,
    { times, parallel }: { readonly times: number; readonly parallel: boolean },
  ): Promise<(number | null)[]> {
    const send = (): Promise<number | null> => attempt(delivery, 'redelivery');
    if (parallel) return Promise.all(Array.from({ length: times }, send));
    const statuses: (number | null)[] = [];
    for (let sent = 0; sent < times; sent += 1) statuses.push(await send());
    return statuses;
  }

  async function attempt(
    delivery: DeliveryRecord,
    kind: DeliveryAttempt['kind'],
  ): Promise<number | null> {
    const at = new Date(market.clock.now()).toISOString();
    const startedAt = performance.now();
    const { status, error } = await post(delivery, kind);
    const durationMs = Math.round(performance.now() - startedAt);
    delivery.attempts.push({ at, status, error, durationMs, kind });
    options.log(`webhook ${delivery.action} ${kind}: ${status ?? error} after ${durationMs} ms`);
    settle(delivery, status);
    market.changed();
    return status;
  }

  async function post(
    { action, body, subscriptionId }: DeliveryRecord,
    kind: DeliveryAttempt['kind'],
  ): Promise<{ readonly status: number | null; readonly error: string | null }> {
    const seller = sellerOfSubscription(market.state, subscriptionId);
    const { webhookUrl } = registrationOf(market.state, seller);
    if (webhookUrl === null) return { status: null, error: 'no webhook URL is set' };
    const isPacked = market.state.settings.oddities.notificationEncoding === 'measured';
    const text = JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${await options.token(seller)}`,
      'content-type': 'application/json; charset=utf-8',
      ...(isPacked && { 'content-encoding': 'gzip' }),
    };
    const startedAt = performance.now();
    const call = {
      at: new Date().toISOString(),
      caller: 'microsoft',
      api: 'Webhook',
      title: `Notification: ${action}${kind === 'first' ? '' : ` (${kind})`}`,
      method: 'POST',
      path: new URL(webhookUrl).pathname,
      subscriptionIds: [subscriptionId],
      request: { headers: withoutTokens(headers), body: text },
    } as const;
    const elapsed = () => Math.round(performance.now() - startedAt);
    try {
      const response = await fetch(webhookUrl, {
        method: 'POST',
        headers,
        body: isPacked ? gzipSync(text) : text,
        // A redirect would send the token elsewhere. Microsoft's caller is not a browser.
        redirect: 'manual',
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
      });
      const { status } = response;
      const durationMs = elapsed();
      const answer = {
        headers: Object.fromEntries(response.headers),
        body: await beginningOf(response),
      };
      options.calls.add({ ...call, status, error: null, durationMs, response: answer });
      return { status, error: null };
    } catch (error: unknown) {
      const name = nameOf(error);
      const durationMs = elapsed();
      options.calls.add({ ...call, status: null, error: name, durationMs, response: null });
      return { status: null, error: name };
    }
  }

  /** The first clear answer counts. Later ones are only recorded. */
  function settle(delivery: DeliveryRecord, status: number | null): void {
    const answer = judge(status);
    const operation = market.state.operations.get(delivery.operationId);
    if (answer === 'retry' || operation === undefined) return;
    if (delivery.state === 'pending' || delivery.state === 'exhausted') {
      delivery.state = answer === 'accepted' ? 'delivered' : 'rejected';
      market.clock.cancel('deliver', delivery.operationId);
    }
    answerOperation(market, operation, answer);
  }

  function scheduleRetry(delivery: DeliveryRecord): void {
    const tries = delivery.attempts.filter((one) => one.kind === 'first' || one.kind === 'retry');
    const at = market.clock.now() + (RETRY_DELAYS_MS[tries.length - 1] ?? LAST_RETRY_DELAY_MS);
    const end = (delivery.firstAttemptAt ?? 0) + RETRY_WINDOW_MS;
    if (stopping.signal.aborted || (tries.length < ATTEMPTS_MAX && at <= end)) {
      market.clock.schedule('deliver', delivery.operationId, at);
      return;
    }
    delivery.state = 'exhausted';
    const operation = market.state.operations.get(delivery.operationId);
    if (operation) answerOperation(market, operation, 'exhausted');
    market.changed();
  }

  function releaseHeld(sent: DeliveryRecord): void {
    const subscription = market.state.subscriptions.get(sent.subscriptionId);
    for (const operationId of subscription?.operationIds ?? []) {
      const held = market.state.deliveries.get(operationId);
      if (held?.state === 'held') {
        market.clock.schedule('deliver', operationId, market.clock.now());
      }
    }
  }

  return { deliver, redeliver, stop: () => stopping.abort() };
}

/** A publisher's answer is a line or two. Its status counts, so its body must not hold up anything. */
const ANSWER_MAX_BYTES = 4096;
const ANSWER_WAIT_MS = 500;

/** The beginning of an answer's body, as far as it arrives soon. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const limit = setTimeout(() => void reader.cancel().catch(() => undefined), ANSWER_WAIT_MS);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < ANSWER_MAX_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
    }
  } catch {
    // The connection was cut in the middle of the body. What arrived is shown.
  } finally {
    clearTimeout(limit);
    await reader.cancel().catch(() => undefined);
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_MAX_BYTES).toString('utf8');
}

/** 4xx refuses, except 429. Redirects, 5xx and no answer cause another attempt. */
function judge(status: number | null): 'accepted' | 'rejected' | 'retry' {
  if (status === null || status === 429) return 'retry';
  if (status >= 200 && status < 300) return 'accepted';
  return status >= 400 && status < 500 ? 'rejected' : 'retry';
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const cause: unknown = error.cause;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string')
    return cause.code;
  return error.name;
}
