import { scramVerifier } from './scram.ts';
import type { Client } from 'pg';

export type ServiceDatabase = {
  readonly name: string;
  readonly schema: string;
  readonly role: string;
  /** Must be ASCII; see `scramVerifier`. */
  readonly password: string;
};

export type Provisioning = {
  readonly database: string;
  readonly services: readonly ServiceDatabase[];
};

/** Creates or repairs the role and schema of one service. `target` is connected to the service's database. */
export async function provisionService(
  target: Client,
  service: ServiceDatabase,
  canLogIn: () => Promise<boolean>,
): Promise<void> {
  const role = target.escapeIdentifier(service.role);
  const verifier = () => target.escapeLiteral(scramVerifier(service.password));
  const known = await target.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [service.role]);
  const isNew = !known.rowCount;
  if (isNew) await target.query(`CREATE ROLE ${role} LOGIN PASSWORD ${verifier()}`);
  const state = await serviceState(target, service);
  if (state.schemaOwner !== service.role) await ownSchema(target, service, state);
  if (!state.mayConnect) {
    await target.query(`GRANT CONNECT ON DATABASE ${await currentDatabase(target)} TO ${role}`);
  }
  if (!isNew && !(await canLogIn())) {
    await target.query(`ALTER ROLE ${role} LOGIN PASSWORD ${verifier()}`);
  }
  await setSessionSettings(target, service);
}

/** Revokes the rights that PUBLIC has in a new database, unless the database also holds other tables. */
export async function grantDatabase(target: Client, wanted: Provisioning): Promise<void> {
  const schemas = wanted.services.map((service) => service.schema);
  const foreign = await target.query(
    `SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname <> ALL ($1) AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
      LIMIT 1`,
    [schemas],
  );
  if (foreign.rowCount) return;
  const given = await target.query(
    `SELECT EXISTS (SELECT 1 FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba)))
                     WHERE grantee = 0) AS database,
            EXISTS (SELECT 1 FROM pg_namespace n,
                           aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner)))
                     WHERE n.nspname = 'public' AND grantee = 0) AS schema
       FROM pg_database d WHERE d.datname = current_database()`,
  );
  const row: { database: boolean; schema: boolean } | undefined = given.rows[0];
  if (row?.database) {
    await target.query(`REVOKE ALL ON DATABASE ${await currentDatabase(target)} FROM PUBLIC`);
  }
  if (row?.schema) await target.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
}

type ServiceState = {
  readonly schemaOwner: string | null;
  readonly mayConnect: boolean;
  readonly isMember: boolean;
};

async function serviceState(target: Client, service: ServiceDatabase): Promise<ServiceState> {
  const found = await target.query(
    `SELECT (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = $2) AS "schemaOwner",
            EXISTS (SELECT 1 FROM pg_database d, aclexplode(d.datacl) a
                     WHERE d.datname = current_database() AND a.grantee = r.oid
                       AND a.privilege_type = 'CONNECT') AS "mayConnect",
            pg_has_role(current_user, r.oid, 'USAGE') AS "isMember"
       FROM pg_roles r WHERE r.rolname = $1`,
    [service.role, service.schema],
  );
  const state: ServiceState | undefined = found.rows[0];
  if (!state) throw new Error(`the role ${service.role} vanished while it was prepared`);
  return state;
}

async function ownSchema(
  target: Client,
  service: ServiceDatabase,
  state: ServiceState,
): Promise<void> {
  const role = target.escapeIdentifier(service.role);
  const schema = target.escapeIdentifier(service.schema);
  // Only a member of a role may give it a schema; a superuser always may. The admin of a managed server makes itself
  // a member, which PostgreSQL 16 and later allow to the creator of a role.
  if (!state.isMember) await target.query(`GRANT ${role} TO CURRENT_USER`);
  if (state.schemaOwner === null) {
    await target.query(`CREATE SCHEMA ${schema} AUTHORIZATION ${role}`);
  } else {
    await target.query(`ALTER SCHEMA ${schema} OWNER TO ${role}`);
  }
}

/**
 * What is true for every session of a role. The services ask for the same on each connection, except behind a pooler in
 * transaction mode, which shares its sessions. A migration sets its own limit.
 */
const SESSION_SETTINGS = {
  statement_timeout: '30s',
  idle_in_transaction_session_timeout: '30s',
} as const;

async function setSessionSettings(target: Client, service: ServiceDatabase): Promise<void> {
  const wanted = { search_path: service.schema, ...SESSION_SETTINGS };
  const found = await target.query<{ name: string; value: string }>(
    `SELECT split_part(setting, '=', 1) AS name, substr(setting, strpos(setting, '=') + 1) AS value
       FROM pg_db_role_setting s
       JOIN pg_roles r ON r.oid = s.setrole JOIN pg_database d ON d.oid = s.setdatabase,
            unnest(s.setconfig) AS setting
      WHERE r.rolname = $1 AND d.datname = current_database()`,
    [service.role],
  );
  const known = new Map(found.rows.map(({ name, value }) => [name, value]));
  const role = target.escapeIdentifier(service.role);
  const database = await currentDatabase(target);
  for (const [name, value] of Object.entries(wanted)) {
    if (unquoted(known.get(name)) === value) continue;
    // An identifier for the path; PostgreSQL takes one for the times, too.
    await target.query(
      `ALTER ROLE ${role} IN DATABASE ${database} SET ${name} = ${target.escapeIdentifier(value)}`,
    );
  }
}

function unquoted(value: string | undefined): string | undefined {
  return value?.replace(/^"(.*)"$/, '$1');
}

async function currentDatabase(target: Client): Promise<string> {
  const found = await target.query('SELECT quote_ident(current_database()) AS name');
  const row: { name: string } | undefined = found.rows[0];
  if (!row) throw new Error('current_database() returned no row');
  return row.name;
}
