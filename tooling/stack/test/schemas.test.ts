import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { retention } from '@landfall/contracts/retention';
import { services } from '@landfall/contracts/services';
import { localSecretsOf, rolePassword } from '../src/launch/local-secrets.ts';
import { startStackFixture, type StackFixture } from './stack-fixture.ts';

const INSUFFICIENT_PRIVILEGE = '42501';
/** A partition, such as `usage_records_2026_03`. Its table stands for it. */
const MONTH = /_\d{4}_\d{2}$/;

describe('one schema and one role per service', () => {
  let fixture: StackFixture;
  let tables: { schema: string; table: string }[];

  beforeAll(async () => {
    fixture = await startStackFixture();
    const { rows } = await as(fixture.client.stack.databaseUrl, (client) =>
      client.query<{ schema: string; table: string }>(
        `select schemaname as schema, tablename as table from pg_tables where schemaname = any($1)`,
        [services.map(({ schema }) => schema)],
      ),
    );
    tables = rows;
  });

  afterAll(() => fixture[Symbol.asyncDispose]());

  test('every service has created its tables in its own schema', () => {
    expect(new Set(tables.map(({ schema }) => schema))).toEqual(
      new Set(services.map(({ schema }) => schema)),
    );
  });

  test('every table has a retention time, or a reason to be kept', () => {
    const known = services.flatMap(({ name, schema }) =>
      [...retention[name].rules, ...retention[name].kept].map(({ table }) => `${schema}.${table}`),
    );
    const made = tables
      .map(({ schema, table }) => `${schema}.${table}`)
      .filter((table) => !table.includes('.kysely_migration') && !MONTH.test(table));
    expect(new Set(made)).toEqual(new Set(known));
  });

  for (const service of services) {
    test(`${service.name} can read its own tables and no others`, async () => {
      const secrets = localSecretsOf(fixture.folder);
      const url = new URL(fixture.client.stack.databaseUrl);
      url.username = service.role;
      url.password = rolePassword(secrets, service.name);
      await as(url.href, async (client) => {
        for (const { schema, table } of tables) {
          const reading = client.query(`select 1 from "${schema}"."${table}" limit 1`).then(
            () => 'read',
            (error: pg.DatabaseError) => error.code,
          );
          const expected = schema === service.schema ? 'read' : INSUFFICIENT_PRIVILEGE;
          expect(`${schema}.${table}: ${await reading}`).toBe(`${schema}.${table}: ${expected}`);
        }
      });
    });
  }
});

async function as<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
