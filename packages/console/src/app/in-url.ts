import * as z from 'zod/mini';

const orElse = z.catch;

/** A value in the URL that may be missing. A wrong one counts as missing, because people edit URLs. */
export function inUrl<Schema extends z.ZodMiniType>(schema: Schema) {
  return orElse(z.optional(schema), undefined);
}
