import { html } from 'hono/html';
import type { Question } from '@landfall/contracts/offer-page';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { VisitorRelation } from '../../db/schema.ts';
import {
  problemSummary,
  problemText,
  type FieldProblem,
} from '../../offer-pages/pages/problems.ts';
import { ownText, questionField, textOf } from '../../offer-pages/pages/question-fields.ts';
import { fieldOf } from '../../offer-pages/questions.ts';
import { framed, type Frame, type Html } from '../../web/pages/frame.ts';
import type { Words } from '../../words/words.ts';
import type { FormProblems } from '../confirmation.ts';
import type { Pricing } from '../plan-shown.ts';
import { purchaseSummary } from './purchase-summary.ts';

export interface ConfirmForm {
  readonly visitId: string;
  readonly subscription: SubscriptionView;
  readonly planName: string | undefined;
  readonly pricing: Pricing;
  readonly relation: VisitorRelation;
  /** The subscription was activated at purchase. Confirming links it and does not start billing. */
  readonly isLink: boolean;
  /** The publisher's questions about this purchase. */
  readonly questions: readonly Question[];
  /** Values of the fields by name: as they were typed, or prefilled. */
  readonly values: Readonly<Record<string, string>>;
  /** The values come from an earlier form of this person that was not accepted. */
  readonly isRestored: boolean;
  readonly problems: FormProblems | undefined;
}

/** Shows the purchase with the form that confirms it. */
export function confirmPage(frame: Frame, form: ConfirmForm): Html {
  const { product, words } = frame;
  const { isLink } = form;
  const title = words.t(isLink ? 'confirm.titleLink' : 'confirm.title');
  const problems = listProblems(frame, form);
  return framed(frame, {
    title: problems.length > 0 ? words.t('questions.titleProblem', { title }) : title,
    isWide: true,
    body: html`
      <h1>${title}</h1>
      ${problemSummary(words, problems)}
      <p class="lead">
        ${words.t(isLink ? 'confirm.leadLink' : 'confirm.lead', { product: product.name })}
      </p>
      ${problems.length === 0 ? news(words, form) : ''}
      <div class="checkout">${orderCard(frame, form)} ${formCard(frame, { form, title })}</div>
    `,
  });
}

function news(words: Words, { subscription, isRestored }: ConfirmForm): Html | string {
  const hasFailed = subscription.activation.state === 'failed';
  if (!isRestored && !hasFailed) return '';
  const text = words.t(isRestored ? 'confirm.restored' : 'confirm.failedBefore');
  return html`<p class="notice" role="status">${text}</p>`;
}

/** `data-unfinished` makes the script load the price as soon as Microsoft provides it. */
function orderCard(frame: Frame, { subscription, planName, pricing }: ConfirmForm): Html {
  return html`<section
    class="card order"
    aria-labelledby="what"
    data-order
    ${pricing.kind === 'unknown' ? html`data-unfinished` : ''}
  >
    <h2 id="what">${frame.words.t('purchase.title')}</h2>
    ${purchaseSummary(frame, { subscription, planName, pricing })}
  </section>`;
}

/** `data-keep` is the key under which the script keeps the entries, for this tab and this person only. */
function formCard(frame: Frame, { form, title }: { form: ConfirmForm; title: string }): Html {
  const { signedIn, words } = frame;
  const { visitId, relation, isLink, questions, values, problems, subscription } = form;
  return html`<form
    class="card"
    method="post"
    action="/landing/confirm"
    aria-label="${title}"
    ${signedIn ? html`data-keep="${visitId}.${signedIn.visitor.objectId}"` : ''}
  >
    <input type="hidden" name="formKey" value="${signedIn?.formKey ?? ''}" />
    <input type="hidden" name="visit" value="${visitId}" />
    ${
      questions.length > 0
        ? html`<h2>${words.t('questions.title')}</h2>
            ${questions.map((question) =>
              questionField(frame, {
                question,
                value: values[fieldOf(question)] ?? '',
                problem: problems?.answers.get(question.id),
              }),
            )}`
        : ''
    }
    ${emailField(frame, form)} ${relation === 'beneficiary' ? '' : onBehalfField(frame, form)}
    <button class="button" type="submit">
      ${words.t(isLink ? 'confirm.submitLink' : 'confirm.submit')}
    </button>
    <p class="note">
      ${isLink ? words.t('confirm.noteLink') : words.t('confirm.note')}
      ${isLink ? '' : deadline(frame, subscription)}
    </p>
  </form>`;
}

/** The problems, in the order of the fields on the page. */
function listProblems(frame: Frame, form: ConfirmForm): FieldProblem[] {
  const { words } = frame;
  const { questions, problems } = form;
  if (!problems) return [];
  const ofAnswers = questions.flatMap((question) => {
    const problem = problems.answers.get(question.id);
    if (!problem) return [];
    const label = ownText(textOf(frame, question.label));
    return [{ field: fieldOf(question), label, text: problemText(words, problem, question) }];
  });
  const email = {
    field: 'email',
    label: emailLabel(frame, form),
    text: words.t('confirm.emailProblem'),
  };
  const tick = {
    field: 'onBehalf',
    label: tickLabel(frame, form),
    text: words.t('confirm.tickProblem'),
  };
  return [...ofAnswers, ...(problems.email ? [email] : []), ...(problems.onBehalf ? [tick] : [])];
}

/** Microsoft cancels a purchase that is not activated in time. The page shows the date without the hour. */
function deadline({ words }: Frame, { deadlines }: SubscriptionView): string {
  const found = deadlines?.find(({ kind }) => kind === 'configuration');
  return found ? words.t('confirm.deadline', { date: words.date(new Date(found.at)) }) : '';
}

function emailLabel({ words }: Frame, { relation }: ConfirmForm): string {
  return words.t(relation === 'purchaser' ? 'confirm.emailOfCustomer' : 'confirm.email');
}

function tickLabel({ words }: Frame, { relation }: ConfirmForm): string {
  return words.t(relation === 'purchaser' ? 'confirm.onBehalf' : 'confirm.entitled');
}

function emailField(frame: Frame, form: ConfirmForm): Html {
  const { words } = frame;
  const isWrong = form.problems?.email ?? false;
  return html`<div class="field">
    <label for="email">${emailLabel(frame, form)}</label>
    <input
      id="email"
      name="email"
      type="email"
      autocomplete="email"
      required
      maxlength="200"
      value="${form.values['email'] ?? ''}"
      aria-describedby="email-help${isWrong ? ' email-problem' : ''}"
      ${isWrong ? html`aria-invalid="true"` : ''}
    />
    ${
      isWrong
        ? html`<p class="problem" id="email-problem">${words.t('confirm.emailProblem')}</p>`
        : ''
    }
    <p class="note" id="email-help">${words.t('confirm.emailHelp')}</p>
  </div>`;
}

function onBehalfField(frame: Frame, form: ConfirmForm): Html {
  const { words } = frame;
  const isWrong = form.problems?.onBehalf ?? false;
  const isPartner = form.relation === 'purchaser';
  const { emailId, tenantId } = form.subscription.beneficiary;
  return html`
    <div class="notice">
      <p>${words.t(isPartner ? 'confirm.forCustomer' : 'confirm.ownerUnknown')}</p>
      ${isPartner && emailId ? html`<p>${words.t('confirm.customer')} <b>${emailId}</b></p>` : ''}
      ${
        isPartner && tenantId
          ? html`<details class="ids">
              <summary>${words.t('purchase.details')}</summary>
              <p>${words.t('frame.tenant')} <code>${tenantId}</code></p>
            </details>`
          : ''
      }
      <label class="tick">
        <input
          id="onBehalf"
          type="checkbox"
          name="onBehalf"
          value="yes"
          required
          ${form.values['onBehalf'] === 'yes' ? 'checked' : ''}
          ${isWrong ? html`aria-invalid="true" aria-describedby="tick-problem"` : ''}
        />
        <span>${tickLabel(frame, form)}</span>
      </label>
      ${
        isWrong
          ? html`<p class="problem" id="tick-problem">${words.t('confirm.tickProblem')}</p>`
          : ''
      }
    </div>
  `;
}
