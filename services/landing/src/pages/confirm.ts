import { html } from 'hono/html';
import type { Question } from '@landfall/contracts/offer-page.ts';
import type { SubscriptionView } from '@landfall/contracts/subscription-view.ts';
import type { PlanPrice } from '../db/schema.ts';
import { fieldOf, type AnswerProblem } from '../offer-pages/questions.ts';
import type { VisitorRelation } from '../visitor-relation.ts';
import { framed, type Frame, type Html } from './frame.ts';
import { problemSummary, problemText, type FieldProblem } from './problems.ts';
import { purchaseSummary, visitorSummary } from './purchase-summary.ts';
import { ownText, questionField, textOf } from './question-fields.ts';

/** What is wrong with a form that came back. */
export interface FormProblems {
  readonly email: boolean;
  readonly onBehalf: boolean;
  /** By the question's id. */
  readonly answers: ReadonlyMap<string, AnswerProblem>;
}

export interface ConfirmForm {
  readonly visitId: string;
  readonly subscription: SubscriptionView;
  readonly planName: string | undefined;
  readonly price: PlanPrice | undefined;
  readonly relation: VisitorRelation;
  /** Subscribed already (activated at purchase): confirming links it and starts no billing. */
  readonly isLink: boolean;
  /** What the publisher asks about this purchase. */
  readonly questions: readonly Question[];
  /** The form's fields as they were typed, or what is known before; by name. */
  readonly values: Readonly<Record<string, string>>;
  readonly problems?: FormProblems | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Shows the purchase and the buyer, asks what is missing, and lets the buyer confirm. */
export function confirmPage(frame: Frame, form: ConfirmForm): Html {
  const { product, words } = frame;
  const { subscription, planName, price, isLink } = form;
  const title = words.t(isLink ? 'confirm.titleLink' : 'confirm.title');
  const problems = listProblems(frame, form);
  const hasFailed = subscription.activation.state === 'failed' && problems.length === 0;
  return framed(frame, {
    title: problems.length > 0 ? words.t('questions.titleProblem', { title }) : title,
    body: html`
      <h1>${title}</h1>
      ${problemSummary(words, problems)}
      <p class="lead">
        ${isLink ? words.t('confirm.leadLink') : words.t('confirm.lead', { product: product.name })}
      </p>
      ${
        hasFailed
          ? html`<p class="notice" role="status">${words.t('confirm.failedBefore')}</p>`
          : ''
      }
      <section class="card" aria-labelledby="what">
        <h2 id="what">${words.t('purchase.title')}</h2>
        ${purchaseSummary(frame, { subscription, planName, price })}
      </section>
      ${visitorSummary(frame)} ${formCard(frame, { form, title })}
    `,
  });
}

/**
 * `data-keep` names what the script keeps of the typing, in this tab and for this person alone; a form
 * that came back holds it already.
 */
function formCard(frame: Frame, { form, title }: { form: ConfirmForm; title: string }): Html {
  const { signedIn, words } = frame;
  const { visitId, relation, isLink, questions, values, problems, subscription } = form;
  const keep = signedIn && !problems ? `${visitId}.${signedIn.visitor.objectId}` : undefined;
  return html`<form
    class="card"
    method="post"
    action="/landing/confirm"
    aria-label="${title}"
    ${keep ? html`data-keep="${keep}"` : ''}
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
      ${isLink ? '' : daysLeft(frame, subscription)}
    </p>
  </form>`;
}

/** In the order of the fields on the page. */
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

/** Of the 30 days after which Microsoft gives up on a purchase that nobody configured. */
function daysLeft({ words, now }: Frame, { deadlines }: SubscriptionView): string {
  const deadline = deadlines?.find(({ kind }) => kind === 'configuration');
  if (!deadline) return '';
  const leftMs = new Date(deadline.at).getTime() - now.getTime();
  return words.t('confirm.daysLeft', { days: Math.max(0, Math.floor(leftMs / DAY_MS)) });
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
      ${
        isPartner && (emailId || tenantId)
          ? html`<p>
              ${words.t('confirm.customer')} ${emailId ? html`<b>${emailId}</b>` : ''}
              ${tenantId ? html`<code>${tenantId}</code>` : ''}
            </p>`
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
