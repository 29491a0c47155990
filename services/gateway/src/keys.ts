import { parseArgs } from 'node:util';
import { z } from 'zod';
import { scopes as allScopes, type Scope } from '@landfall/contracts/scopes';
import { baseConfigShape } from '@landfall/service-kit/config';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { readConfig } from '@landfall/service-kit/process';
import { createApiKey, hashSecret } from './keys/api-key.ts';
import type { GatewayTables, Db } from './db/schema.ts';
import { migrations } from './db/migrations.ts';
import { insertKey, listKeys, revokeKey, type NewKey } from './store/keys.ts';

const USAGE = `API keys of the gateway (DATABASE_URL names its database).

  node services/gateway/src/keys.ts create --label "billing job" --scopes usage:write,usage:read
                                           [--publisher contoso]
  node services/gateway/src/keys.ts list
  node services/gateway/src/keys.ts revoke <id>

Scopes: ${allScopes.join(', ')}; or all.
A key with a publisher reads and changes only what belongs to that publisher; a key without one, what belongs
to any publisher.
`;

process.exitCode = await main(process.argv.slice(2));

/** A new key is shown once. Afterwards only its hash exists. */
async function main(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      label: { type: 'string' },
      scopes: { type: 'string' },
      publisher: { type: 'string' },
    },
  });
  const [command, id] = positionals;
  const wanted = command === 'create' ? parseScopes(values.scopes) : [];
  const isUsable =
    (command === 'create' &&
      values.label !== undefined &&
      wanted !== undefined &&
      // An empty variable of a script must not create a key for every publisher.
      values.publisher?.trim() !== '') ||
    command === 'list' ||
    (command === 'revoke' && id !== undefined);
  if (!isUsable) {
    process.stderr.write(USAGE);
    return 1;
  }
  const schema = z.object({ DATABASE_URL: baseConfigShape.DATABASE_URL });
  const config = readConfig('gateway', schema);
  const log = createLogger('gateway-keys', 'warn');
  await using db = await openDatabase<GatewayTables>({
    url: config.DATABASE_URL,
    service: 'gateway',
    log,
  });
  await migrate(db, migrations);
  // Awaited here, before the database is closed at the end of this block.
  if (command === 'create') {
    const { label = '', publisher } = values;
    return await create(db, { label, scopes: wanted ?? [], publisherId: publisher?.trim() });
  }
  return await (command === 'list' ? list(db) : revoke(db, id ?? ''));
}

async function create(
  db: Db,
  wanted: Pick<NewKey, 'label' | 'scopes' | 'publisherId'>,
): Promise<number> {
  const key = createApiKey();
  const secretHash = hashSecret(key.secret);
  await insertKey(db, { ...wanted, id: key.id, secretHash, at: new Date() });
  process.stdout.write(`${key.text}\n`);
  return 0;
}

async function list(db: Db): Promise<number> {
  for (const key of await listKeys(db)) {
    const state = key.revokedAt ? `revoked ${key.revokedAt.toISOString()}` : 'in force';
    const used = key.lastUsedAt?.toISOString() ?? 'never used';
    const scopedTo = key.publisherId === null ? 'every publisher' : `publisher ${key.publisherId}`;
    const held = `${key.id}  ${key.label}  ${scopedTo}  ${key.scopes.join(',')}`;
    process.stdout.write(`${held}  ${used}  ${state}\n`);
  }
  return 0;
}

async function revoke(db: Db, id: string): Promise<number> {
  const isKnown = await revokeKey(db, id, new Date());
  process.stderr.write(isKnown ? `revoked ${id}\n` : `there is no key ${id}\n`);
  return isKnown ? 0 : 1;
}

/** Undefined if a scope is misspelt or none is given, because a key without scopes is a mistake. */
function parseScopes(text: string | undefined): readonly Scope[] | undefined {
  if (text === 'all') return allScopes;
  const names = (text ?? '').split(',').map((name) => name.trim());
  const found = allScopes.filter((scope) => names.includes(scope));
  return found.length === names.length ? found : undefined;
}
