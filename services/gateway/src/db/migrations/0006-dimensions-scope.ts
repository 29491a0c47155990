import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Setting included quantities needs its own scope. Keys that could do it before get the new scope. */
export const dimensionsScope: Migration = {
  async up(db) {
    await sql`
      update api_keys set scopes = array_append(scopes, 'dimensions:write')
      where 'usage:write' = any (scopes)
        and not 'dimensions:write' = any (scopes)`.execute(db);
  },
};
