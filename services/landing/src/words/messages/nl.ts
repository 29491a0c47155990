import { changes } from './nl/changes.ts';
import { confirm } from './nl/confirm.ts';
import { frame } from './nl/frame.ts';
import { guide } from './nl/guide.ts';
import { history } from './nl/history.ts';
import { manage } from './nl/manage.ts';
import { people } from './nl/people.ts';
import { progress } from './nl/progress.ts';
import { purchase } from './nl/purchase.ts';
import { questions } from './nl/questions.ts';
import { signIn } from './nl/sign-in.ts';
import { standing } from './nl/standing.ts';
import { trouble } from './nl/trouble.ts';

export const nl = {
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
