import { confirm } from './nl/confirm.ts';
import { frame } from './nl/frame.ts';
import { guide } from './nl/guide.ts';
import { progress } from './nl/progress.ts';
import { purchase } from './nl/purchase.ts';
import { signIn } from './nl/sign-in.ts';
import { standing } from './nl/standing.ts';
import { trouble } from './nl/trouble.ts';

export const nl = {
  ...confirm,
  ...frame,
  ...guide,
  ...progress,
  ...purchase,
  ...signIn,
  ...standing,
  ...trouble,
} as const;
