import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { services, type ServiceName } from '@landfall/contracts/services';
import { provisionRoles, withDatabase } from '@landfall/provisioning/roles';
import { throwAwayPostgres } from '@landfall/servers/throw-away-servers';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { repositoryRoot } from '../launch/folder.ts';
import { readCatalog, type Catalog } from './catalog.ts';

type Migrations = Parameters<typeof migrate>[1];

/** The migrations of a service, by name. */
export async function migrationsOf(service: ServiceName): Promise<Migrations> {
  const file = path.join(repositoryRoot, 'services', service, 'src', 'db', 'migrations.ts');
  const module = (await import(pathToFileURL(file).href)) as { migrations: Migrations };
  return module.migrations;
}

/** Runs the wanted migrations of every service, with the service's own role. */
export async function migrateSchemas(
  database: { readonly urlFor: (service: ServiceName) => string },
  isWanted: (service: ServiceName, migration: string) => boolean = () => true,
): Promise<void> {
  for (const { name } of services) {
    const log = createLogger(name, 'silent');
    await using opened = await openDatabase({ url: database.urlFor(name), service: name, log });
    const all = Object.entries(await migrationsOf(name));
    await migrate(
      opened,
      Object.fromEntries(all.filter(([migration]) => isWanted(name, migration))),
    );
  }
}

/** The schemas that this code makes in an empty database. */
export async function freshSchemas(): Promise<Catalog> {
  await using server = await throwAwayPostgres();
  const urls = await provisionRoles(server.adminUrl, {
    database: 'fresh',
    services: services.map((service) => ({ ...service, password: 'fresh' })),
  });
  await migrateSchemas({ urlFor: (service) => urls[service] ?? '' });
  return await readSchemas(withDatabase(server.adminUrl, 'fresh'));
}

/** The schemas of all services, as an admin sees them. */
export async function readSchemas(adminUrl: string): Promise<Catalog> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const schemas = services.map(({ schema }) => schema);
    return await readCatalog(client, schemas);
  } finally {
    await client.end();
  }
}
