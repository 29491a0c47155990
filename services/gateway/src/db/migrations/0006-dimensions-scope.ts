import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Setting included quantities needs a scope of its own; keys that could do it so far still can. */
export const dimensionsScope: Migration = {
  async up(db) {
    await sql`
      update api_keys set scopes = array_append(scopes, 'dimensions:write')
      where 'usage:write' = any (scopes)
        and not 'dimensions:write' = any (scopes)`.execute(db);
  },
};
