import { html } from 'hono/html';
import type { Question } from '@landfall/contracts/offer-page';
import type { Html } from '../../web/pages/frame.ts';
import type { Words } from '../../words/words.ts';
import { longest, type AnswerProblem } from '../questions.ts';

/** A field of the form with an invalid value. */
export interface FieldProblem {
  /** The field's id on the page. */
  readonly field: string;
  readonly label: string | Html;
  readonly text: string;
}

/** Lists the problems above a form that was not accepted, with a link to each field. */
export function problemSummary(words: Words, problems: readonly FieldProblem[]): Html | string {
  if (problems.length === 0) return '';
  const count = problems.length;
  return html`<div class="notice" role="alert" tabindex="-1" id="problems" autofocus>
    <h2>${words.t('questions.problems', { count })}</h2>
    <ul>
      ${problems.map(
        ({ field, label, text }) => html`<li><a href="#${field}">${label}</a>: ${text}</li>`,
      )}
    </ul>
  </div>`;
}

/** The problem of an answer, in the reader's language. */
export function problemText(words: Words, problem: AnswerProblem, question: Question): string {
  const { kind, min = 0, max = 0 } = question;
  switch (problem) {
    case 'missing':
      if (kind === 'check') return words.t('questions.tick');
      return words.t(kind === 'choice' ? 'questions.chooseOne' : 'questions.missing');
    case 'choice':
      return words.t('questions.chooseOne');
    case 'email':
      return words.t('confirm.emailProblem');
    case 'short':
      return words.t('questions.short', { count: min });
    case 'long':
      return words.t('questions.long', { count: longest(question) });
    case 'small':
      return words.t('questions.small', { limit: words.number(min) });
    case 'large':
      return words.t('questions.large', { limit: words.number(max) });
    default:
      return words.t(`questions.${problem}`);
  }
}
