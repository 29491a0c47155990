import type { PageState } from '../fixture.ts';
import { arriving } from './arriving.ts';
import { branded } from './branded.ts';
import { managing } from './managing.ts';
import { purchase } from './purchase.ts';
import { standing } from './standing.ts';

/** Every page that a buyer can see. The state that moves the marketplace's clock comes last. */
export const pageStates: readonly PageState[] = [
  ...purchase,
  ...branded,
  ...standing,
  ...managing,
  ...arriving,
];
