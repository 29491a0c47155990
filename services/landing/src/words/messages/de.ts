import { changes } from './de/changes.ts';
import { confirm } from './de/confirm.ts';
import { frame } from './de/frame.ts';
import { guide } from './de/guide.ts';
import { history } from './de/history.ts';
import { manage } from './de/manage.ts';
import { people } from './de/people.ts';
import { progress } from './de/progress.ts';
import { purchase } from './de/purchase.ts';
import { questions } from './de/questions.ts';
import { signIn } from './de/sign-in.ts';
import { standing } from './de/standing.ts';
import { trouble } from './de/trouble.ts';

export const de = {
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
