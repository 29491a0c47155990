import { changes } from './en/changes.ts';
import { confirm } from './en/confirm.ts';
import { frame } from './en/frame.ts';
import { guide } from './en/guide.ts';
import { history } from './en/history.ts';
import { manage } from './en/manage.ts';
import { people } from './en/people.ts';
import { progress } from './en/progress.ts';
import { purchase } from './en/purchase.ts';
import { questions } from './en/questions.ts';
import { signIn } from './en/sign-in.ts';
import { standing } from './en/standing.ts';
import { trouble } from './en/trouble.ts';

export const en = {
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
