import { confirm } from './ja/confirm.ts';
import { frame } from './ja/frame.ts';
import { guide } from './ja/guide.ts';
import { progress } from './ja/progress.ts';
import { purchase } from './ja/purchase.ts';
import { signIn } from './ja/sign-in.ts';
import { standing } from './ja/standing.ts';
import { trouble } from './ja/trouble.ts';

export const ja = {
  ...confirm,
  ...frame,
  ...guide,
  ...progress,
  ...purchase,
  ...signIn,
  ...standing,
  ...trouble,
} as const;
