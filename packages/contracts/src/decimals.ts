import { z } from 'zod';

/** An exact decimal number as text: plain digits without an exponent, such as `1250` or `0.05`. */
export const decimalText = z.string();

/** A decimal number in a request, not negative: text, which is exact, or a JSON number, which keeps 15 digits. */
export const decimalInput = z.union([
  z.string().regex(/^\d{1,13}(?:\.\d{1,12})?$/, {
    error: 'Must be a plain decimal number, such as "12.5".',
  }),
  z.number().nonnegative(),
]);
