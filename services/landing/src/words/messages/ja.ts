import { changes } from './ja/changes.ts';
import { confirm } from './ja/confirm.ts';
import { frame } from './ja/frame.ts';
import { guide } from './ja/guide.ts';
import { history } from './ja/history.ts';
import { manage } from './ja/manage.ts';
import { people } from './ja/people.ts';
import { progress } from './ja/progress.ts';
import { purchase } from './ja/purchase.ts';
import { questions } from './ja/questions.ts';
import { signIn } from './ja/sign-in.ts';
import { standing } from './ja/standing.ts';
import { trouble } from './ja/trouble.ts';

export const ja = {
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
