import type { ContactPerson } from '../db/schema.ts';
import { readAnswers, type AnswerProblem } from '../offer-pages/questions.ts';
import type { Presentation } from '../offer-pages/resolve-page.ts';
import { isEmail } from '@landfall/entra-sign-in/id-token';
import type { Visit } from '../store/visits.ts';

/** A confirmed purchase: the customer, and the answers to the publisher's questions. */
export interface Confirmation {
  readonly claimedBy: ContactPerson;
  readonly answers: Record<string, string>;
}

/** The problems of a confirmation form. */
export interface FormProblems {
  readonly email: boolean;
  readonly onBehalf: boolean;
  /** Keyed by question id. */
  readonly answers: ReadonlyMap<string, AnswerProblem>;
}

/** Checks the fields against the questions that the page showed. `problems` is undefined if all are valid. */
export function readConfirmation(
  fields: Readonly<Record<string, string>>,
  { relation, claimedBy: claimant }: Pick<Visit, 'relation' | 'claimedBy'>,
  { questions }: Pick<Presentation, 'questions'>,
): { readonly confirmation: Confirmation; readonly problems: FormProblems | undefined } {
  const emailId = (fields['email'] ?? '').trim();
  const read = readAnswers(questions, fields);
  const isOwn = relation === 'beneficiary';
  const problems = {
    email: !isEmail(emailId),
    onBehalf: !isOwn && fields['onBehalf'] !== 'yes',
    answers: read.problems,
  };
  const isSound = !problems.email && !problems.onBehalf && read.problems.size === 0;
  return {
    confirmation: {
      claimedBy: { ...claimant, emailId },
      answers: { ...read.answers, ...(isOwn ? {} : { confirmedBy: relation ?? '' }) },
    },
    problems: isSound ? undefined : problems,
  };
}
