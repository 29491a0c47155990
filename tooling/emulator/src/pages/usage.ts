import { html } from 'hono/html';
import { findOffer } from '../market/catalogue.ts';
import { DAY_MS, HOUR_MS, USAGE_WINDOW_MS } from '../market/constants.ts';
import { multiplyDecimals, sumDecimals } from '../market/decimal.ts';
import type { Market } from '../market/market.ts';
import { findPlan } from '../market/published-plans.ts';
import { sellers } from '../market/sellers.ts';
import type { RefusedUsage, UsageRecord } from '../market/state.ts';
import { reportUsage } from '../market/usage-report.ts';
import { statusTag, type Html } from './layout.ts';
import { showDecimalMoney, showTime } from './words.ts';

/** Rows of accepted and of refused usage. Totals count all of it. */
const ROWS_MAX = 200;

/** The usage of one subscription or of all: what Microsoft has accepted, and what it has refused. */
export function usagePage(market: Market, subscriptionId?: string): Html {
  const filter = subscriptionId === undefined ? '' : `?subscriptionId=${subscriptionId}`;
  return html`<h1>Usage</h1>
    <p class="lead">
      Metered usage as Microsoft accepted it. Microsoft bills each accepted unit, so the publisher
      sends only what goes beyond the included quantities.
    </p>
    ${
      subscriptionId === undefined
        ? ''
        : html`<p>Usage of one subscription. <a href="/usage">Show all usage</a></p>`
    }
    <div data-live="/live/usage${filter}">${usagePart(market, subscriptionId)}</div>`;
}

export function usagePart(market: Market, subscriptionId?: string): Html {
  const accepted = [...market.state.usage.values()].filter(
    ({ resourceId }) => (subscriptionId ?? resourceId) === resourceId,
  );
  const refused = market.state.refusedUsage.filter(
    ({ row }) => subscriptionId === undefined || row['resourceId'] === subscriptionId,
  );
  const bySubscription = Map.groupBy(accepted, ({ resourceId }) => resourceId);
  const statuses = reportStatuses(market);
  return html`${
    accepted.length === 0
      ? html`<div class="card empty">
          <p>No usage has been accepted yet.</p>
          <p>
            It appears here when a program records usage of a metered plan, such as
            <a href="/buy/analytics/starter">Contoso Analytics Starter</a>, and Landfall submits it.
          </p>
        </div>`
      : [...bySubscription].map(([id, events]) =>
          subscriptionCard(market, id, { events, statuses }),
        )
  }
  ${refused.length === 0 ? '' : refusedCard(market, refused)}`;
}

/** The status of each day of a dimension, as the metering API reports it. */
function reportStatuses(market: Market): ReadonlyMap<string, string> {
  const rows = sellers(market.state.identities).flatMap((seller) =>
    reportUsage(market, { from: 0, to: Infinity, seller }),
  );
  return new Map(
    rows.map((row) => [
      [Date.parse(row.usageDate), row.usageResourceId, row.dimension, row.planId].join('|'),
      row.reconStatus,
    ]),
  );
}

function subscriptionCard(
  market: Market,
  id: string,
  usage: {
    readonly events: readonly UsageRecord[];
    readonly statuses: ReadonlyMap<string, string>;
  },
): Html {
  const events = usage.events.toSorted((one, other) => other.hour - one.hour);
  const [first] = events;
  const offer = first ? findOffer(first.offerId)?.displayName : undefined;
  const name = market.state.subscriptions.get(id)?.name ?? id;
  const total = sumDecimals(events.map((event) => priceOf(market, event)));
  return html`<section class="card" aria-label="Usage of ${name}">
    <h2><a href="/subscriptions/${id}">${name}</a></h2>
    <p class="quiet small">${offer}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Accepted events of ${name}">
      <table>
        <thead>
          <tr>
            <th scope="col">Hour (UTC)</th>
            <th scope="col">Dimension</th>
            <th scope="col" class="number">Quantity</th>
            <th scope="col" class="number">Price</th>
            <th scope="col">Status in the report</th>
            <th scope="col">Accepted (UTC)</th>
          </tr>
        </thead>
        <tbody>
          ${events.slice(0, ROWS_MAX).map((event) => eventRow(market, event, usage.statuses))}
        </tbody>
        <tfoot>
          ${totalRows(market, events)}
          <tr>
            <td colspan="3">
              Total of ${events.length} ${events.length === 1 ? 'event' : 'events'}
            </td>
            <td class="number">${showDecimalMoney(total)}</td>
            <td colspan="2"></td>
          </tr>
        </tfoot>
      </table>
    </div>
    ${events.length > ROWS_MAX ? html`<p class="quiet small">The last ${ROWS_MAX} events are shown.</p>` : ''}
  </section>`;
}

function eventRow(market: Market, event: UsageRecord, statuses: ReadonlyMap<string, string>): Html {
  const { hour, resourceId, dimension, planId, quantity } = event;
  const day = hour - (hour % DAY_MS);
  const status = event.isMissing
    ? 'left out'
    : (statuses.get([day, resourceId, dimension, planId].join('|')) ?? 'Submitted');
  const { unit, title, price } = dimensionOf(market, event);
  return html`<tr>
    <td class="nowrap">
      ${showTime(hour).slice(0, 13)}–${showTime(hour + HOUR_MS).slice(11, 13)} h
    </td>
    <td>${title} <code class="quiet">${dimension}</code></td>
    <td class="number">${quantity}</td>
    <td class="number">
      ${showDecimalMoney(priceOf(market, event))}<br /><span class="small quiet"
        >${showDecimalMoney(price)} per ${unit}</span
      >
    </td>
    <td>${statusTag(status)}</td>
    <td class="nowrap">${showTime(event.acceptedAt)}</td>
  </tr>`;
}

/** One line per dimension, if there are several. */
function totalRows(market: Market, events: readonly UsageRecord[]): Html[] {
  const byDimension = [...Map.groupBy(events, ({ dimension }) => dimension)];
  if (byDimension.length < 2) return [];
  return byDimension.map(([dimension, some]) => {
    const price = sumDecimals(some.map((event) => priceOf(market, event)));
    return html`<tr>
      <td></td>
      <td>${dimension}</td>
      <td class="number">${sumDecimals(some.map(({ quantity }) => quantity))}</td>
      <td class="number">${showDecimalMoney(price)}</td>
      <td colspan="2"></td>
    </tr>`;
  });
}

function dimensionOf(
  market: Market,
  { offerId, planId, dimension }: UsageRecord,
): { readonly title: string; readonly unit: string; readonly price: string } {
  const found = findPlan(market.state, offerId, planId)?.dimensions?.find(
    ({ id }) => id === dimension,
  );
  return {
    title: found?.displayName ?? dimension,
    unit: found?.unitOfMeasure ?? 'unit',
    price: String(found?.pricePerUnit ?? 0),
  };
}

/** Exact: quantities have the digits that were sent. */
function priceOf(market: Market, event: UsageRecord): string {
  return multiplyDecimals(event.quantity, dimensionOf(market, event).price);
}

function refusedCard(market: Market, refused: readonly RefusedUsage[]): Html {
  const rows = refused.toReversed().slice(0, ROWS_MAX);
  return html`<section class="card" aria-labelledby="refused">
    <h2 id="refused">Refused usage</h2>
    <p class="quiet small">
      The last ${rows.length} ${rows.length === 1 ? 'row' : 'rows'} since the marketplace has
      started. None of them is billed.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Refused rows">
      <table>
        <thead>
          <tr>
            <th scope="col">Sent (UTC)</th>
            <th scope="col">Status</th>
            <th scope="col">Why</th>
            <th scope="col">Subscription</th>
            <th scope="col">Row</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((one) => refusedRow(market, one))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function refusedRow(market: Market, refused: RefusedUsage): Html {
  const { resourceId = '', dimension, quantity, planId, effectiveStartTime } = refused.row;
  const subscription = market.state.subscriptions.get(resourceId);
  return html`<tr>
    <td class="nowrap">${showTime(refused.at)}</td>
    <td>${statusTag('refused', refused.status)}</td>
    <td>${reasonOf(refused)}</td>
    <td>
      ${
        subscription
          ? html`<a href="/subscriptions/${subscription.id}">${subscription.name}</a>`
          : html`<code>${resourceId || '–'}</code>`
      }
    </td>
    <td>
      ${quantity ?? '?'} × ${dimension ?? '?'}, plan ${planId ?? '?'},
      ${effectiveStartTime ?? 'without a time'}
    </td>
  </tr>`;
}

const REASONS: Readonly<Record<string, string>> = {
  Duplicate: 'This hour already has an event for this dimension. Only the first one counts.',
  Expired: `The hour is more than ${USAGE_WINDOW_MS / HOUR_MS} hours ago.`,
  ResourceNotFound: 'There is no such subscription.',
  ResourceNotAuthorized: 'The subscription belongs to another publisher.',
  ResourceNotActive: 'The subscription was not active at that time.',
  InvalidDimension: 'The plan has no such dimension.',
  InvalidQuantity: 'The quantity has to be more than 0.',
};

function reasonOf({ status, target, isForced }: RefusedUsage): string {
  if (isForced) return 'A fault asked for this status.';
  return REASONS[status] ?? `The field ${target ?? 'request'} is missing or not valid.`;
}
