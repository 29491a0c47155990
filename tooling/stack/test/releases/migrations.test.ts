import { afterAll, beforeAll, expect, test } from 'vitest';
import { services } from '@landfall/contracts/services';
import { testPostgres, type TestPostgres } from '@landfall/servers/testing';
import type { Catalog } from '../../src/releases/catalog.ts';
import { contractions } from '../../src/releases/expand-only.ts';
import { acceptedContractions, previousRelease } from '../../src/releases/releases.ts';
import { migrateSchemas, migrationsOf, readSchemas } from '../../src/releases/schemas.ts';

const { lastMigrations, version } = previousRelease;
let postgres: TestPostgres;
let before: Catalog;
let after: Catalog;

beforeAll(async () => {
  postgres = await testPostgres();
  await migrateSchemas(postgres, (service, migration) => migration <= lastMigrations[service]);
  before = await readSchemas(postgres.adminUrl);
  await migrateSchemas(postgres);
  after = await readSchemas(postgres.adminUrl);
});

afterAll(() => postgres[Symbol.asyncDispose]());

test(`each service has the last migration of ${version}`, async () => {
  for (const { name } of services) {
    expect(Object.keys(await migrationsOf(name))).toContain(lastMigrations[name]);
  }
});

test(`the services of ${version} can read and write the new schemas`, () => {
  expect(Object.keys(before).length).toBeGreaterThan(services.length);
  const accepted = acceptedContractions.map(({ what }) => what);
  expect(contractions(before, after).toSorted()).toEqual(accepted.toSorted());
});
