import { MAX_ANSWER_LENGTH, type Question } from '@landfall/contracts/offer-page';
import { isEmail } from '@landfall/entra-sign-in/id-token';
import { fitsPattern } from './pattern.ts';

/** The answer of a ticked check box. Browsers send nothing for one that is not ticked. */
export const TICKED = 'yes';
const UNTICKED = 'no';

/** The problem of an answer. The page has a text for each. */
export type AnswerProblem =
  | 'missing'
  | 'unreadable'
  | 'pattern'
  | 'short'
  | 'long'
  | 'choice'
  | 'number'
  | 'whole'
  | 'small'
  | 'large'
  | 'email';

export interface ReadAnswers {
  /** Answers by question id, in a normal form: trimmed, numbers as in JSON. */
  readonly answers: Readonly<Record<string, string>>;
  readonly problems: ReadonlyMap<string, AnswerProblem>;
}

/** The name of a question's form field. */
export function fieldOf(question: Pick<Question, 'id'>): string {
  return `answer.${question.id}`;
}

/** The publisher's questions that apply to a plan. */
export function questionsFor(questions: readonly Question[], planId: string): Question[] {
  return questions.filter(({ plans }) => plans?.includes(planId) ?? true);
}

/** The maximum length of an answer, also used as `maxlength`. */
export function longest({ kind, max }: Question): number {
  return kind === 'text'
    ? Math.min(max ?? MAX_ANSWER_LENGTH, MAX_ANSWER_LENGTH)
    : MAX_ANSWER_LENGTH;
}

/**
 * Checks a form with the same data that the browser got as attributes. Fields without a question and empty
 * optional answers are left out.
 */
export function readAnswers(
  questions: readonly Question[],
  fields: Readonly<Record<string, string>>,
): ReadAnswers {
  const answers: Record<string, string> = {};
  const problems = new Map<string, AnswerProblem>();
  for (const question of questions) {
    const text = (fields[fieldOf(question)] ?? '').normalize('NFC').trim();
    const read = readAnswer(question, text);
    if (read === undefined) continue;
    if ('problem' in read) problems.set(question.id, read.problem);
    else answers[question.id] = read.answer;
  }
  return { answers, problems };
}

type Read = { readonly answer: string } | { readonly problem: AnswerProblem } | undefined;

function readAnswer(question: Question, text: string): Read {
  const { kind, required } = question;
  if (kind === 'check') {
    if (text !== TICKED) return required ? { problem: 'missing' } : { answer: UNTICKED };
    return { answer: TICKED };
  }
  if (text === '') return required ? { problem: 'missing' } : undefined;
  // Our fields never send line breaks or other control characters.
  if (!text.isWellFormed() || /\p{Cc}/u.test(text)) return { problem: 'unreadable' };
  if (text.length > longest(question)) return { problem: 'long' };
  switch (kind) {
    case 'text':
      return readText(question, text);
    case 'choice':
      return question.choices?.some(({ value }) => value === text)
        ? { answer: text }
        : { problem: 'choice' };
    case 'number':
      return readNumber(question, text);
    case 'email':
      return isEmail(text) ? { answer: text } : { problem: 'email' };
    default:
      return kind satisfies never;
  }
}

function readText({ min, pattern }: Question, text: string): Read {
  if (min !== undefined && text.length < min) return { problem: 'short' };
  if (pattern !== undefined && !fitsPattern(pattern, text)) return { problem: 'pattern' };
  return { answer: text };
}

/** HTML's "valid floating-point number", which is what a number field sends. */
const NUMBER = /^-?(\d{1,30}|\d{0,30}\.\d{1,30})(e[+-]?\d{1,3})?$/i;

function readNumber({ min, max, integer }: Question, text: string): Read {
  const value = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(value)) return { problem: 'number' };
  // JavaScript would change larger numbers.
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return { problem: 'number' };
  if (integer && !Number.isInteger(value)) return { problem: 'whole' };
  if (min !== undefined && value < min) return { problem: 'small' };
  if (max !== undefined && value > max) return { problem: 'large' };
  return { answer: String(value) };
}
