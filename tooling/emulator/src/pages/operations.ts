import { html } from 'hono/html';
import { AUTO_ACCEPT_MS, SECOND_MS } from '../market/constants.ts';
import { isChange, operationsOf, type Market } from '../market/market.ts';
import { findPlan } from '../market/published-plans.ts';
import type { DeliveryRecord, OperationRecord, SubscriptionRecord } from '../market/state.ts';
import { statusTag, type Html } from './layout.ts';
import { showTime } from './words.ts';

/** Attempts shown per notification: the last ones, of up to 500. */
const ATTEMPTS_SHOWN = 6;

/** The operations of a subscription in words, newest first, each with its notification. */
export function logPart(market: Market, subscription: SubscriptionRecord): Html {
  const operations = operationsOf(market, subscription).toReversed();
  return html`<h2>Operations and notifications</h2>
    ${
      operations.length === 0
        ? html`<p class="quiet">
            None yet. They appear here as soon as the subscription is activated or changed.
          </p>`
        : html`<ol class="log">
            ${operations.map((operation) => entry(market, subscription, operation))}
          </ol>`
    }`;
}

function entry(market: Market, subscription: SubscriptionRecord, operation: OperationRecord): Html {
  const delivery = market.state.deliveries.get(operation.id);
  return html`<li>
    <div class="small">
      <time>${showTime(operation.createdAt)}</time><br /><span class="quiet"
        >${operation.action}</span
      >
    </div>
    <div>
      <h3>${asksFor(market, subscription, operation)}</h3>
      <p class="small">
        ${statusTag(operation.status, STATUS_WORDS[operation.status])} ${settledText(operation)}
      </p>
      <p class="small quiet">Requested ${askedBy(operation)}. <code>${operation.id}</code></p>
    </div>
    <div class="small">${delivery ? notificationText(delivery) : noNotification(operation)}</div>
  </li>`;
}

const STATUS_WORDS: Readonly<Record<OperationRecord['status'], string>> = {
  InProgress: 'In progress',
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Conflict: 'Conflict',
};

/** What the operation asks for. */
function asksFor(
  market: Market,
  { offerId }: SubscriptionRecord,
  { action, planId, quantity, before }: OperationRecord,
): Html | string {
  const planName = (id: string | undefined) =>
    id === undefined ? '?' : (findPlan(market.state, offerId, id)?.displayName ?? id);
  switch (action) {
    case 'ChangePlan':
      return `Change the plan from ${planName(before?.planId)} to ${planName(planId)}`;
    case 'ChangeQuantity':
      return `Change the seats from ${before?.quantity ?? '?'} to ${quantity ?? '?'}`;
    case 'Renew':
      return 'Renew for another term';
    case 'Suspend':
      return 'Suspend: the payment failed';
    case 'Reinstate':
      return 'Reinstate: the payment was received';
    case 'Unsubscribe':
      return 'End the subscription';
    case 'Subscribe':
      return 'Begin the subscription';
  }
}

function askedBy({ source, isRevert }: OperationRecord): string {
  if (isRevert) return 'by Microsoft, to undo a refused change';
  return source === 'Partner' ? 'through the publisher’s API' : 'in the marketplace';
}

/** How the operation ended, and why. A publisher's PATCH gives no reason, only Failure. */
function settledText({ action, status, settledBy }: OperationRecord): string {
  if (status === 'InProgress') {
    return isAnswered(action) ? 'Waiting for the publisher’s answer' : 'Being processed';
  }
  if (status === 'Conflict') return 'Refused by the marketplace: the value is already in force';
  const isDone = status === 'Succeeded';
  switch (settledBy) {
    case 'publisher':
      return isDone ? 'Accepted by the publisher' : 'Refused by the publisher';
    case 'webhook-status':
      return 'Refused: the publisher’s webhook answered with an error';
    case 'webhook-unreachable':
      return 'Refused: Microsoft could not reach the publisher’s webhook';
    case 'silence':
      return `Accepted automatically after ${AUTO_ACCEPT_MS / SECOND_MS} seconds without an answer`;
    case 'marketplace':
      return isDone ? 'No answer needed' : 'Failed: the subscription’s status had changed';
    default:
      return '';
  }
}

/** Actions that the publisher can refuse. */
function isAnswered(action: OperationRecord['action']): boolean {
  return isChange(action) || action === 'Reinstate';
}

const DELIVERY_WORDS: Readonly<Record<DeliveryRecord['state'], string>> = {
  pending: 'Notification not delivered yet',
  delivered: 'Notification delivered',
  rejected: 'Notification refused',
  exhausted: 'Notification given up',
  dropped: 'Notification lost by a fault',
  held: 'Notification held until the next one',
};

function notificationText(delivery: DeliveryRecord): Html {
  const shown = delivery.attempts.slice(-ATTEMPTS_SHOWN);
  const hidden = delivery.attempts.length - shown.length;
  return html`${statusTag(delivery.state, DELIVERY_WORDS[delivery.state])}
    <br />${hidden > 0 ? html`<span class="quiet">${hidden} earlier attempts</span><br />` : ''}
    ${shown.map(
      (one) =>
        html`${one.at.slice(11, 19)} <b>${one.status ?? one.error}</b>
          <span class="quiet"
            >in ${one.durationMs} ms${one.kind === 'first' ? '' : `, ${one.kind}`}</span
          ><br />`,
    )}`;
}

function noNotification({ source }: OperationRecord): Html {
  return html`<span class="quiet"
    >${source === 'Partner' ? 'No notification yet' : 'No notification'}</span
  >`;
}
