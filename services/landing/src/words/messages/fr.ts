import { changes } from './fr/changes.ts';
import { confirm } from './fr/confirm.ts';
import { frame } from './fr/frame.ts';
import { guide } from './fr/guide.ts';
import { history } from './fr/history.ts';
import { manage } from './fr/manage.ts';
import { people } from './fr/people.ts';
import { progress } from './fr/progress.ts';
import { purchase } from './fr/purchase.ts';
import { questions } from './fr/questions.ts';
import { signIn } from './fr/sign-in.ts';
import { standing } from './fr/standing.ts';
import { trouble } from './fr/trouble.ts';

export const fr = {
  ...changes,
  ...confirm,
  ...frame,
  ...guide,
  ...history,
  ...manage,
  ...people,
  ...progress,
  ...purchase,
  ...questions,
  ...signIn,
  ...standing,
  ...trouble,
} as const;
