import { z } from 'zod';

/** A text in a cursor: limited in length, and without NUL, which Postgres cannot store. */
export const cursorText = z
  .string()
  .max(200)
  .refine((value) => !value.includes('\u0000'));
