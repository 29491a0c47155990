import { z } from 'zod';

/** A text of a key: bounded, and storable. */
export const cursorText = z
  .string()
  .max(200)
  .refine((value) => !value.includes('\u0000'));
