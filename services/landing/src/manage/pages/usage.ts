import { html } from 'hono/html';
import type { Frame, Html } from '../../pages/frame.ts';
import type { Words } from '../../words/words.ts';
import { planNameIn } from '../history.ts';
import type { Plan, Usage } from '../subscriptions.ts';

type Dimension = Usage['dimensions'][number];

/** Used against included, per dimension; nothing at all where the plan meters nothing. */
export function usageCard(
  { words }: Frame,
  of: { usage: Usage | undefined; plans: readonly Plan[]; planId: string },
): Html | string {
  const { usage, plans, planId } = of;
  const isMetered = plans.some((plan) => plan.planId === planId && plan.dimensions?.length);
  const dimensions = usage?.dimensions ?? [];
  if (!isMetered && dimensions.length === 0) return '';
  return html`<section class="card" aria-labelledby="usage">
    <h2 id="usage">${words.t('manage.usage.title')}</h2>
    ${
      dimensions.length > 0
        ? html`<ul class="usage">
            ${dimensions.map((one) => line(words, one, { plans, planId }))}
          </ul>`
        : html`<p>${words.t(usage ? 'manage.usage.none' : 'manage.usage.unknown')}</p>`
    }
    ${
      usage?.termStart && dimensions.length > 0
        ? html`<p class="note">
            ${words.t('manage.usage.since', { date: words.date(new Date(usage.termStart)) })}
          </p>`
        : ''
    }
  </section>`;
}

function line(
  words: Words,
  dimension: Dimension,
  { plans, planId }: { plans: readonly Plan[]; planId: string },
): Html {
  const { included, used, overage } = dimension;
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
    ${
      included
        ? html`<progress
            value="${Math.min(used, included)}"
            max="${included}"
            aria-label="${name}"
          ></progress>`
        : ''
    }
    ${
      overage > 0
        ? html`<p class="note">
            ${words.t('manage.usage.above', { overage: words.number(overage) })}
          </p>`
        : ''
    }
  </li>`;
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
