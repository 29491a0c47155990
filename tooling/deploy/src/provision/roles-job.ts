import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { services, type ServiceName } from '@landfall/contracts/services';
import { isFault } from '@landfall/domain/fault';
import { provisionRoles, sqlState } from '@landfall/provisioning/roles';
import {
  databaseConfigShape,
  databaseOverTls,
  secret,
  secretUrl,
  settingsOf,
} from '@landfall/service-kit/config';
import type { Logger } from '@landfall/service-kit/log';
import { readConfig } from '@landfall/service-kit/process';

/** PostgreSQL's first start in a container takes some seconds, and a failover of a managed server up to a minute. */
const START_DEADLINE_MS = 60_000;
const START_RETRY_MS = 500;
const START_PROGRESS_MS = 5000;
/** SQLSTATE of a server that is starting or stopping. */
const STARTING = '57P03';

/** The environment variable with the password of a service's role. */
export function databasePasswordVariable(service: ServiceName): string {
  return `DATABASE_PASSWORD_${service.toUpperCase().replaceAll('-', '_')}`;
}

/** See `scramVerifier`. */
const password = secret().refine(
  (text) => /^[\x21-\x7e]+$/.test(text),
  'must consist of ASCII characters without spaces',
);

export const rolesSchema = z.object({
  ADMIN_DATABASE_URL: secretUrl(['postgres:', 'postgresql:'], {
    network: databaseOverTls,
  }).describe(
    'PostgreSQL as a role with CREATEDB and CREATEROLE, e.g. postgres://postgres:…@db.example.com:5432/postgres?sslmode=verify-full',
  ),
  DATABASE_CA_FILE: databaseConfigShape.DATABASE_CA_FILE,
  PRIVATE_NETWORK: databaseConfigShape.PRIVATE_NETWORK,
  DATABASE_NAME: z.string().min(1).default('landfall').describe('the database of the services'),
  ...(Object.fromEntries(
    services.map(({ name, role }) => [
      databasePasswordVariable(name),
      password.describe(`the password of ${role}, which is also in the DATABASE_URL of ${name}`),
    ]),
  ) as Record<`DATABASE_PASSWORD_${string}`, typeof password>),
});

export const rolesVariables = settingsOf(rolesSchema)
  .filter(({ need }) => need === 'required')
  .map(({ name }) => name);

/** Creates the database, the roles and the schemas. Waits for PostgreSQL for at most a minute. */
export async function prepareRoles(log: Logger): Promise<void> {
  const config = readConfig('provision roles', rolesSchema);
  const adminUrl = new URL(config.ADMIN_DATABASE_URL);
  // The driver reads the file.
  if (config.DATABASE_CA_FILE) adminUrl.searchParams.set('sslrootcert', config.DATABASE_CA_FILE);
  const wanted = {
    database: config.DATABASE_NAME,
    services: services.map(({ name, schema, role }) => ({
      name,
      schema,
      role,
      password: z.string().parse(config[databasePasswordVariable(name) as keyof typeof config]),
    })),
  };
  await onceReachable(log, () =>
    provisionRoles(adminUrl.href, wanted, { adminVariable: 'ADMIN_DATABASE_URL' }),
  );
  const roles = services.map(({ role }) => role);
  log.info({ database: wanted.database, roles }, 'the database, roles and schemas are ready');
}

async function onceReachable(log: Logger, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  for (let lastWord = startedAt; ;) {
    try {
      await work();
      return;
    } catch (error) {
      const now = performance.now();
      if (!isUnreachable(error) || now - startedAt > START_DEADLINE_MS) throw error;
      if (now - lastWord > START_PROGRESS_MS) {
        lastWord = now;
        log.info({ waitedMs: Math.round(now - startedAt) }, 'waiting for Postgres');
      }
      await delay(START_RETRY_MS);
    }
  }
}

/** A network error has no SQLSTATE. A server that refuses the login or the statements says so in a fault. */
function isUnreachable(error: unknown): boolean {
  return !isFault(error) && [undefined, STARTING].includes(sqlState(error));
}
