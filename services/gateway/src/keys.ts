import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DEFAULT_KEY_DAYS, MAX_KEY_DAYS } from '@landfall/contracts/key-procedures';
import { scopes as allScopes, type Scope } from '@landfall/contracts/scopes';
import { databaseConfigShape } from '@landfall/service-kit/config';
import { databaseSettings, migrate, openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { readConfig } from '@landfall/service-kit/process';
import type { GatewayTables, Db } from './db/schema.ts';
import { migrations } from './db/migrations.ts';
import { issueKey } from './keys/issue-key.ts';
import { keyState, listKeys, revokeKey } from './store/keys.ts';

/** More than an installation has. The limit keeps a mistake from filling the terminal. */
const MAX_LISTED = 1000;

const USAGE = `API keys of the gateway (DATABASE_URL names its database).

  keys create --label "billing job" --scopes usage:write,usage:read
              [--publisher contoso] [--expires-in-days ${DEFAULT_KEY_DAYS}]
  keys list
  keys revoke <id>

Scopes: ${allScopes.join(', ')}; or all.
A key with a publisher reads and changes only what belongs to that publisher; a key without one, what belongs
to any publisher. A key ends after --expires-in-days (1 to ${MAX_KEY_DAYS}, default ${DEFAULT_KEY_DAYS}).
This program makes the first key. With a key that has keys:write, use keys.create, keys.rotate and keys.revoke.
`;

/** Something in the arguments is wrong. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Creates, lists or revokes keys, as the arguments after `keys` say. Returns the exit code. */
export async function manageKeys(args: string[]): Promise<number> {
  try {
    return await carryOut(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 1;
  }
}

async function carryOut(args: string[]): Promise<number> {
  const { positionals, values } = parse(args);
  const [command, id] = positionals;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (command === 'create') {
    const wanted = wantedKey(values);
    // A new key is shown once. Afterwards only its hash exists.
    return withDatabase(async (db) => {
      const { text } = await issueKey(db, { ...wanted, createdBy: 'keys.ts', at: new Date() });
      process.stdout.write(`${text}\n`);
      return 0;
    });
  }
  if (command === 'list') return withDatabase(list);
  if (command === 'revoke' && id !== undefined) return withDatabase((db) => revoke(db, id));
  throw new UsageError(
    command === 'revoke'
      ? 'Name the id of the key.'
      : `${command === undefined ? 'Name a command' : `There is no command ${command}`}: create, list or revoke.`,
  );
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        label: { type: 'string' },
        scopes: { type: 'string' },
        publisher: { type: 'string' },
        'expires-in-days': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wantedKey(values: ReturnType<typeof parse>['values']) {
  const { label, publisher } = values;
  if (!label?.trim()) throw new UsageError('Name the key: --label "billing job".');
  // An empty variable of a script must not create a key for every publisher.
  if (publisher?.trim() === '') throw new UsageError('--publisher is empty.');
  const expiresInDays = Number(values['expires-in-days'] ?? DEFAULT_KEY_DAYS);
  if (!Number.isInteger(expiresInDays) || expiresInDays < 1 || expiresInDays > MAX_KEY_DAYS) {
    throw new UsageError(`--expires-in-days takes a whole number from 1 to ${MAX_KEY_DAYS}.`);
  }
  const scopes = parseScopes(values.scopes);
  return { label, scopes, publisherId: publisher?.trim(), expiresInDays };
}

/** A key without scopes would be a mistake. */
function parseScopes(text: string | undefined): readonly Scope[] {
  if (text === 'all') return allScopes;
  if (!text?.trim()) throw new UsageError('Name the scopes: --scopes usage:write,usage:read.');
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.filter((name) => !allScopes.some((scope) => scope === name));
  if (wrong.length > 0) throw new UsageError(`There is no scope ${wrong.join(', ')}.`);
  return allScopes.filter((scope) => names.includes(scope));
}

async function withDatabase(work: (db: Db) => Promise<number>): Promise<number> {
  const config = readConfig('gateway', z.object(databaseConfigShape));
  const log = createLogger('gateway-keys', 'warn');
  await using db = await openDatabase<GatewayTables>({
    ...databaseSettings(config),
    service: 'gateway',
    log,
  });
  await migrate(db, migrations);
  return await work(db);
}

async function list(db: Db): Promise<number> {
  const now = new Date();
  for (const key of await listKeys(db, { limit: MAX_LISTED, now })) {
    const used = key.lastUsedAt ? `used ${key.lastUsedAt.toISOString()}` : 'never used';
    const ends = key.expiresAt ? `ends ${key.expiresAt.toISOString()}` : 'no end';
    const scopedTo = key.publisherId === null ? 'every publisher' : `publisher ${key.publisherId}`;
    const held = `${key.id}  ${key.label}  ${scopedTo}  ${key.scopes.join(',')}`;
    process.stdout.write(`${held}  ${used}  ${ends}  ${keyState(key, now)}\n`);
  }
  return 0;
}

async function revoke(db: Db, id: string): Promise<number> {
  const revoked = await revokeKey(db, id, new Date());
  process.stderr.write(revoked ? `revoked ${id}\n` : `There is no key ${id}.\n`);
  return revoked ? 0 : 1;
}
