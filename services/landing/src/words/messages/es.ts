import { changes } from './es/changes.ts';
import { confirm } from './es/confirm.ts';
import { frame } from './es/frame.ts';
import { guide } from './es/guide.ts';
import { history } from './es/history.ts';
import { manage } from './es/manage.ts';
import { people } from './es/people.ts';
import { progress } from './es/progress.ts';
import { purchase } from './es/purchase.ts';
import { questions } from './es/questions.ts';
import { signIn } from './es/sign-in.ts';
import { standing } from './es/standing.ts';
import { trouble } from './es/trouble.ts';

export const es = {
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
