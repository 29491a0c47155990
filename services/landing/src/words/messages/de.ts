import { confirm } from './de/confirm.ts';
import { frame } from './de/frame.ts';
import { guide } from './de/guide.ts';
import { progress } from './de/progress.ts';
import { purchase } from './de/purchase.ts';
import { signIn } from './de/sign-in.ts';
import { standing } from './de/standing.ts';
import { trouble } from './de/trouble.ts';

export const de = {
  ...confirm,
  ...frame,
  ...guide,
  ...progress,
  ...purchase,
  ...signIn,
  ...standing,
  ...trouble,
} as const;
