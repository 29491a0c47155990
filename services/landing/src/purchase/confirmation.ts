import { isEmail } from '../sign-in/id-token.ts';
import { readAnswers, type AnswerProblem } from '../offer-pages/questions.ts';
import type { Presentation } from '../offer-pages/resolve-page.ts';
import type { Visit } from '../store/visits.ts';
import type { ContactPerson } from '../db/schema.ts';

/** What a person confirms: for whom, and with which answers. */
export interface Confirmation {
  readonly claimedBy: ContactPerson;
  readonly answers: Record<string, string>;
}

/** What is wrong with a form. */
export interface FormProblems {
  readonly email: boolean;
  readonly onBehalf: boolean;
  /** By the question's id. */
  readonly answers: ReadonlyMap<string, AnswerProblem>;
}

/** Judges a confirmation's fields by what the page asked; `problems` is undefined for a sound one. */
export function readConfirmation(
  fields: Readonly<Record<string, string>>,
  { relation, claimed_by: claimant }: Pick<Visit, 'relation' | 'claimed_by'>,
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
