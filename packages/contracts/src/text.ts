import { z } from 'zod';

/**
 * Text from outside that is stored or searched for: at most `maxLength` UTF-16 code units, without NUL and
 * without lone surrogates. PostgreSQL refuses NUL, and a lone surrogate would be stored as another
 * character. Unchecked, one such text would fail a whole batch.
 */
export function text(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine((value) => value.isWellFormed() && !value.includes('\u0000'), {
      error: 'Must be well-formed Unicode without NUL characters.',
    });
}

/** One text in several languages (`en`, `de`, …). Other languages fall back to the default language. */
export function inLanguages(maxLength: number) {
  return z.record(text(10).min(2), text(maxLength).min(1));
}
