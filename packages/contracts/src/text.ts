import { z } from 'zod';

/**
 * Text from outside that is stored or searched for: at most `maxLength` UTF-16 units, no NUL, which
 * PostgreSQL refuses, and no half of a character, which would be stored as another text than was sent.
 * Without it such input would be an error of ours and fail a whole batch.
 */
export function text(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine((value) => value.isWellFormed() && !value.includes('\u0000'), {
      error: 'must be well-formed Unicode without NUL',
    });
}

/** The same text in several languages (`en`, `de`, …). Other languages fall back to the default one. */
export function inLanguages(maxLength: number) {
  return z.record(text(10).min(2), text(maxLength).min(1));
}
