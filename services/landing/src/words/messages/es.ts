import { confirm } from './es/confirm.ts';
import { frame } from './es/frame.ts';
import { guide } from './es/guide.ts';
import { progress } from './es/progress.ts';
import { purchase } from './es/purchase.ts';
import { signIn } from './es/sign-in.ts';
import { standing } from './es/standing.ts';
import { trouble } from './es/trouble.ts';

export const es = {
  ...confirm,
  ...frame,
  ...guide,
  ...progress,
  ...purchase,
  ...signIn,
  ...standing,
  ...trouble,
} as const;
