import { confirm } from './en/confirm.ts';
import { frame } from './en/frame.ts';
import { guide } from './en/guide.ts';
import { progress } from './en/progress.ts';
import { purchase } from './en/purchase.ts';
import { signIn } from './en/sign-in.ts';
import { standing } from './en/standing.ts';
import { trouble } from './en/trouble.ts';

export const en = {
  ...confirm,
  ...frame,
  ...guide,
  ...progress,
  ...purchase,
  ...signIn,
  ...standing,
  ...trouble,
} as const;
