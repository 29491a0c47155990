import { confirm } from './fr/confirm.ts';
import { frame } from './fr/frame.ts';
import { guide } from './fr/guide.ts';
import { progress } from './fr/progress.ts';
import { purchase } from './fr/purchase.ts';
import { signIn } from './fr/sign-in.ts';
import { standing } from './fr/standing.ts';
import { trouble } from './fr/trouble.ts';

export const fr = {
  ...confirm,
  ...frame,
  ...guide,
  ...progress,
  ...purchase,
  ...signIn,
  ...standing,
  ...trouble,
} as const;
