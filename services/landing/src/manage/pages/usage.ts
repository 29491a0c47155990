import { html } from 'hono/html';
import { decimal, ZERO } from '@landfall/domain/decimal';
import type { Plan, Usage } from '../../clients/subscriptions.ts';
import type { Frame, Html } from '../../web/pages/frame.ts';
import type { Words } from '../../words/words.ts';
import { planNameIn } from '../history.ts';
import { usageChart } from './usage-chart.ts';

type Dimension = Usage['dimensions'][number];

interface OfPlan {
  readonly plans: readonly Plan[];
  readonly planId: string;
}

/** Used and included quantity of each dimension, and its cost. Empty if the plan has no dimensions. */
export function usageCard(
  { words }: Frame,
  of: OfPlan & { readonly usage: Usage | undefined },
): Html | string {
  const { usage, plans, planId } = of;
  const isMetered = plans.some((plan) => plan.planId === planId && plan.dimensions?.length);
  const shown = usage ? dimensionsShown(usage, of) : [];
  if (!isMetered && shown.length === 0) return '';
  return html`<section class="card" aria-labelledby="usage">
    <h2 id="usage">${words.t('manage.usage.title')}</h2>
    ${
      usage
        ? html`<ul class="usage">
              ${shown.map((one) => line(words, one, of))}
            </ul>
            ${asOf(words, usage)}`
        : html`<p>${words.t('manage.usage.unknown')}</p>`
    }
  </section>`;
}

/** The start of the term, and how recent the figures are. */
function asOf(words: Words, { termStart, updatedAt }: Usage): Html | string {
  if (termStart === undefined) return '';
  const date = words.date(new Date(termStart));
  const text =
    updatedAt === undefined
      ? words.t('manage.usage.since', { date })
      : words.t('manage.usage.updated', { date, at: words.dateTime(new Date(updatedAt)) });
  return html`<p class="note">${text}</p>`;
}

/** All dimensions of the current plan, and those that earlier plans in this term have used. */
function dimensionsShown({ dimensions }: Usage, { plans, planId }: OfPlan): readonly Dimension[] {
  const sold = (of: string) => plans.find((plan) => plan.planId === of)?.dimensions;
  const known = dimensions.filter(
    (one) => sold(one.planId)?.some(({ id }) => id === one.dimension) ?? true,
  );
  const unused = (sold(planId) ?? []).filter(
    ({ id }) => !known.some((one) => one.planId === planId && one.dimension === id),
  );
  return [...known, ...unused.map(({ id }) => ({ planId, dimension: id, used: '0' }))];
}

function line(words: Words, dimension: Dimension, { plans, planId }: OfPlan): Html {
  const name = dimensionName(dimension, plans);
  const unit = dimension.unitOfMeasure;
  const isOfOtherPlan = dimension.planId !== planId;
  return html`<li>
    <p class="line">
      <span><b>${name}</b> ${unit ? html`<span class="note">(${unit})</span>` : ''}</span>
      ${
        isOfOtherPlan
          ? html`<span class="note">
              ${words.t('manage.usage.plan', { plan: planNameIn(plans, dimension.planId) })}
            </span>`
          : ''
      }
      <span>${amount(words, dimension)}</span>
    </p>
    ${bar(name, dimension)} ${overageNotes(words, dimension)}
    ${usageChart(words, { name, days: dimension.days ?? [] })}
  </li>`;
}

/** Above the included quantity, the whole bar is the used quantity and the overage has another colour. */
function bar(name: string, { used, included }: Dimension): Html | string {
  if (included === undefined || included === null || decimal(included).eq(ZERO)) return '';
  const isOver = decimal(used).gt(included);
  return html`<progress
    ${isOver ? html`class="over"` : ''}
    value="${isOver ? included : used}"
    max="${isOver ? used : included}"
    aria-label="${name}"
  ></progress>`;
}

/** The billed overage with its price, and the overage that is not billed because Microsoft did not accept it. */
function overageNotes(words: Words, dimension: Dimension): Html | string {
  const { overage = '0', included, refused = '0', amount: cost, currency } = dimension;
  const billed = decimal(overage).minus(refused);
  const isIncluding = included !== undefined && included !== null && decimal(included).gt(ZERO);
  const key = isIncluding ? 'manage.usage.above' : 'manage.usage.billed';
  const price =
    cost === undefined || currency === undefined
      ? ''
      : html`<span>${words.t('manage.usage.cost', { amount: words.money(cost, currency) })}</span>`;
  return html`${
    billed.gt(ZERO)
      ? html`<p class="note line">
          <span>${words.t(key, { overage: words.quantity(billed.toFixed()) })}</span> ${price}
        </p>`
      : ''
  }
  ${
    decimal(refused).gt(ZERO)
      ? html`<p class="note">
          ${words.t('manage.usage.refused', { refused: words.quantity(refused) })}
        </p>`
      : ''
  }`;
}

function amount(words: Words, { used, included }: Dimension): string {
  const of = { used: words.quantity(used) };
  if (included === null) return words.t('manage.usage.unlimited', of);
  const isUnsure = included === undefined && decimal(used).gt(ZERO);
  if (isUnsure) return words.t('manage.usage.unsure', of);
  if (included === undefined || decimal(included).eq(ZERO))
    return words.t('manage.usage.plain', of);
  return words.t('manage.usage.of', { ...of, included: words.quantity(included) });
}

function dimensionName(of: Dimension, plans: readonly Plan[]): string {
  const plan = plans.find((one) => one.planId === of.planId);
  const sold = plan?.dimensions?.find(({ id }) => id === of.dimension);
  return sold?.displayName || of.displayName || of.dimension;
}
