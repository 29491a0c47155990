import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { services, type ServiceName } from '@landfall/contracts/services';
import { testPostgres, type TestPostgres } from '@landfall/servers/testing';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { repositoryRoot } from '../../src/launch/folder.ts';
import { readCatalog, type Catalog } from '../../src/releases/catalog.ts';
import { contractions } from '../../src/releases/expand-only.ts';
import { acceptedContractions, previousRelease } from '../../src/releases/releases.ts';

const log = createLogger('gateway', 'silent');
let postgres: TestPostgres;
let before: Catalog;
let after: Catalog;

beforeAll(async () => {
  postgres = await testPostgres();
  for (const { name } of services) {
    const last = previousRelease.lastMigrations[name];
    await migrateTo(name, (migration) => migration <= last);
  }
  before = await catalog();
  for (const { name } of services) await migrateTo(name, () => true);
  after = await catalog();
});

afterAll(() => postgres[Symbol.asyncDispose]());

test(`each service has the last migration of ${previousRelease.version}`, async () => {
  for (const { name } of services) {
    expect(Object.keys(await migrationsOf(name))).toContain(previousRelease.lastMigrations[name]);
  }
});

test(`the services of ${previousRelease.version} can read and write the new schemas`, () => {
  expect(Object.keys(before).length).toBeGreaterThan(services.length);
  const accepted = acceptedContractions.map(({ what }) => what);
  expect(contractions(before, after).toSorted()).toEqual(accepted.toSorted());
});

async function migrateTo(name: ServiceName, isWanted: (migration: string) => boolean) {
  const url = postgres.urlFor(name);
  await using database = await openDatabase({ url, service: name, log });
  const wanted = Object.entries(await migrationsOf(name)).filter(([key]) => isWanted(key));
  await migrate(database, Object.fromEntries(wanted));
}

type Migrations = Parameters<typeof migrate>[1];

async function migrationsOf(name: ServiceName): Promise<Migrations> {
  const file = path.join(repositoryRoot, 'services', name, 'src', 'db', 'migrations.ts');
  const module = (await import(pathToFileURL(file).href)) as {
    migrations: Migrations;
  };
  return module.migrations;
}

async function catalog(): Promise<Catalog> {
  const client = new pg.Client({ connectionString: postgres.adminUrl });
  await client.connect();
  try {
    return await readCatalog(
      client,
      services.map(({ schema }) => schema),
    );
  } finally {
    await client.end();
  }
}
