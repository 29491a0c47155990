import { parseArgs } from 'node:util';
import { z } from 'zod';
import { databaseConfigShape, secureUrl } from '@landfall/service-kit/config';
import { databaseSettings, migrate, openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { readConfig } from '@landfall/service-kit/process';
import { migrations } from './db/migrations.ts';
import type { GatewayTables } from './db/schema.ts';
import { createInvitation, FIRST_ADMIN } from './operators/invitations.ts';
import { hasAdmin } from './store/operators.ts';

const USAGE = `The first admin of the console (DATABASE_URL names the gateway's database, PUBLIC_URL its address).

  first-admin

Prints a link. The first person who opens it and signs in with Microsoft becomes an admin for all publishers.
The link works once, for a day. Further people are invited in the console or with operators.invite.
`;

/** The link is opened by hand. */
const HOURS = 24;

/** Prints the link for the first admin. Returns the exit code. */
export async function inviteFirstAdmin(args: string[]): Promise<number> {
  const { positionals, values, problem } = parse(args);
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (problem !== undefined || positionals.length > 0) {
    process.stderr.write(`${problem ?? 'first-admin takes no arguments.'}\n\n${USAGE}`);
    return 1;
  }
  const schema = z.object({ ...databaseConfigShape, PUBLIC_URL: secureUrl() });
  const config = readConfig('gateway', schema);
  const log = createLogger('gateway-operators', 'warn');
  await using db = await openDatabase<GatewayTables>({
    ...databaseSettings(config),
    service: 'gateway',
    log,
  });
  await migrate(db, migrations);
  if (await hasAdmin(db)) {
    process.stderr.write('There is an admin already, who can invite others in the console.\n');
    return 1;
  }
  const { url, expiresAt } = await createInvitation(db, {
    role: 'admin',
    publisherId: undefined,
    expiresInHours: HOURS,
    createdBy: FIRST_ADMIN,
    at: new Date(),
    publicUrl: config.PUBLIC_URL,
  });
  process.stdout.write(`${url}\n`);
  process.stderr.write(`It works once, until ${expiresAt}.\n`);
  return 0;
}

function parse(args: string[]) {
  try {
    const options = { help: { type: 'boolean', short: 'h' } } as const;
    return { ...parseArgs({ args, allowPositionals: true, options }), problem: undefined };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    return { positionals: [], values: { help: false }, problem };
  }
}
