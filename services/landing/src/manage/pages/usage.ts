import { html } from 'hono/html';
import type { Plan, Usage } from '../../clients/subscriptions.ts';
import type { Frame, Html } from '../../web/pages/frame.ts';
import type { Words } from '../../words/words.ts';
import { planNameIn } from '../history.ts';

type Dimension = Usage['dimensions'][number];

/** Used and included quantity per dimension of the plan. Empty if the plan has no dimensions. */
export function usageCard(
  { words }: Frame,
  of: { usage: Usage | undefined; plans: readonly Plan[]; planId: string },
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
            ${shown.map((one) => line(words, one, { plans, planId }))}
          </ul>`
        : html`<p>${words.t('manage.usage.unknown')}</p>`
    }
    ${
      usage?.termStart
        ? html`<p class="note">
            ${words.t('manage.usage.since', { date: words.date(new Date(usage.termStart)) })}
          </p>`
        : ''
    }
  </section>`;
}

/** All dimensions of the current plan, and those that earlier plans in this term have used. */
function dimensionsShown(
  { dimensions }: Usage,
  { plans, planId }: { plans: readonly Plan[]; planId: string },
): readonly Dimension[] {
  const sold = (of: string) => plans.find((plan) => plan.planId === of)?.dimensions;
  const known = dimensions.filter(
    (one) => sold(one.planId)?.some(({ id }) => id === one.dimension) ?? true,
  );
  const unused = (sold(planId) ?? []).filter(
    ({ id }) => !known.some((one) => one.planId === planId && one.dimension === id),
  );
  return [
    ...known,
    ...unused.map(({ id }) => ({ planId, dimension: id, used: 0, included: 0, overage: 0 })),
  ];
}

function line(
  words: Words,
  dimension: Dimension,
  { plans, planId }: { plans: readonly Plan[]; planId: string },
): Html {
  const name = dimensionName(dimension, plans);
  const isOfOtherPlan = dimension.planId !== planId;
  return html`<li>
    <p class="line">
      <b>${name}</b>
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
  </li>`;
}

/** Above the included quantity, the whole bar is the used quantity and the overage has another colour. */
function bar(name: string, { used, included }: Dimension): Html | string {
  if (!included) return '';
  const isOver = used > included;
  return html`<progress
    ${isOver ? html`class="over"` : ''}
    value="${isOver ? included : used}"
    max="${Math.max(used, included)}"
    aria-label="${name}"
  ></progress>`;
}

/** The billed overage, and the overage that is not billed because Microsoft did not accept it. */
function overageNotes(words: Words, { overage, included, refused = 0 }: Dimension): Html | string {
  const billed = Math.max(0, overage - refused);
  const key = included ? 'manage.usage.above' : 'manage.usage.billed';
  return html`${
    billed > 0 ? html`<p class="note">${words.t(key, { overage: words.number(billed) })}</p>` : ''
  }
  ${
    refused > 0
      ? html`<p class="note">
          ${words.t('manage.usage.refused', { refused: words.number(refused) })}
        </p>`
      : ''
  }`;
}

function amount(words: Words, { used, included }: Dimension): string {
  if (included === null) return words.t('manage.usage.unlimited', { used: words.number(used) });
  if (included === 0) return words.t('manage.usage.plain', { used: words.number(used) });
  return words.t('manage.usage.of', {
    used: words.number(used),
    included: words.number(included),
  });
}

function dimensionName({ planId, dimension }: Dimension, plans: readonly Plan[]): string {
  const plan = plans.find((one) => one.planId === planId);
  return plan?.dimensions?.find(({ id }) => id === dimension)?.displayName || dimension;
}
