import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { services } from '@landfall/contracts/services';
import { operatorUser, type NatsUser } from '@landfall/provisioning/nats-users';
import type { ChartTable } from '../chart/table.ts';
import { newSecret, writePrivateFile } from '../private-file.ts';
import { databasePasswordVariable } from '../provision/roles-job.ts';
import { passwordVariable } from '../write-nats-users.ts';

/** Where the servers are, as `host:port`. */
export interface Servers {
  readonly database: string;
  readonly nats: string;
  /** Whether connections use TLS, which every server on another machine needs. */
  readonly isTls: boolean;
  readonly databaseName: string;
}

export interface SecretFile {
  /** Such as `gateway/DATABASE_URL`: the part that needs it, and the variable. */
  readonly name: string;
  /** `differs`: kept, although it leads to another server or role than the plan. */
  readonly state: 'kept' | 'made' | 'missing' | 'differs';
}

/** Secrets that someone else issues, and where to find them. */
const issued: Readonly<Record<string, string>> = {
  ADMIN_DATABASE_URL:
    'the address of PostgreSQL for a role that may create roles and databases: postgres://<user>:<password>@<host>:5432/postgres?sslmode=verify-full',
  LANDING_CLIENT_SECRET: 'the client secret of the application for the sign-in, from Entra ID',
  FULFILLMENT_CLIENT_SECRET: 'the client secret of the application for the APIs, from Entra ID',
};

/** What must be written into a missing file. */
export function sourceOf(variable: string): string {
  return issued[variable] ?? `the value of ${variable}`;
}

/**
 * Makes the secrets of every service, of the set-up jobs and of nats-server, one file each, in `folder`. Existing files are kept, and
 * new ones agree with them, so that the command can be repeated when a new version needs more. Secrets that only someone else can
 * issue are reported as missing.
 */
export function writeSecretFiles(
  folder: string,
  { table, servers, hasClientSecret }: SecretPlan,
): readonly SecretFile[] {
  const files = openFolder(folder);
  const password = (user: NatsUser) => files.provide(`nats/${passwordVariable(user)}`, newSecret);
  const natsUrl = (user: NatsUser) =>
    `${servers.isTls ? 'tls' : 'nats'}://${user}:${password(user)}@${servers.nats}`;
  for (const { name, role } of services) {
    const { secrets, usesCredential } = table.services[name];
    const databasePassword = files.provide(`setup/${databasePasswordVariable(name)}`, newSecret);
    const known: Readonly<Record<string, () => string>> = {
      DATABASE_URL: () => databaseUrl(role, databasePassword, servers),
      NATS_URL: () => natsUrl(name),
      SESSION_SECRET: newSecret,
    };
    const credential = usesCredential && hasClientSecret ? ['FULFILLMENT_CLIENT_SECRET'] : [];
    for (const variable of [...secrets.required, ...credential]) {
      files.provide(`${name}/${variable}`, known[variable]);
    }
  }
  files.provide('setup/ADMIN_DATABASE_URL');
  files.provide('setup/NATS_URL', () => natsUrl(operatorUser));
  return files.all();
}

export interface SecretPlan {
  readonly table: ChartTable;
  readonly servers: Servers;
  /** False if the services get a token of their platform or a certificate instead. */
  readonly hasClientSecret: boolean;
}

function databaseUrl(role: string, password: string, servers: Servers): string {
  const { database, databaseName, isTls } = servers;
  return `postgres://${role}:${password}@${database}/${databaseName}${isTls ? '?sslmode=verify-full' : ''}`;
}

function openFolder(folder: string) {
  const seen = new Map<string, SecretFile['state']>();
  return {
    /** The content of a file. A missing file is made if `make` is given. */
    provide: (name: string, make?: () => string): string => {
      const file = path.join(folder, name);
      if (existsSync(file)) {
        const content = readFileSync(file, 'utf8').trimEnd();
        if (!seen.has(name)) seen.set(name, isOtherAddress(content, make) ? 'differs' : 'kept');
        return content;
      }
      if (!make) {
        seen.set(name, 'missing');
        return '';
      }
      const content = make();
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      // Without a line break at the end, because Kubernetes and vaults keep every character.
      writePrivateFile(file, content);
      seen.set(name, 'made');
      return content;
    },
    all: (): readonly SecretFile[] =>
      [...seen].map(([name, state]) => ({ name, state })).toSorted(byName),
  };
}

/** Whether a kept address is not the one that would be made now. Someone may have changed the server since. */
function isOtherAddress(kept: string, make: (() => string) | undefined): boolean {
  return kept.includes('://') && make !== undefined && kept !== make();
}

function byName(one: SecretFile, other: SecretFile): number {
  return one.name.localeCompare(other.name);
}
