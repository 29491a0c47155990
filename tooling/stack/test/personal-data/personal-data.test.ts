import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLandfallClient } from '@landfall/client';
import { impersonalColumns } from '@landfall/contracts/impersonal-columns';
import { personalPlaces } from '@landfall/contracts/personal-data';
import { services } from '@landfall/contracts/services';
import { streams } from '@landfall/contracts/streams';
import { connectBus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { buy, confirmOnLandingPage } from '../../src/scenarios/buying.ts';
import { startStackFixture, type StackFixture } from '../stack-fixture.ts';
import { plantEverywhere } from './plant-everywhere.ts';
import { person, plant, searchFor, tablesWith } from './plant.ts';

const schemas = services.map(({ schema }) => schema);
/** A partition, such as `usage_records_2026_03`. Its table stands for it. */
const MONTH = /_\d{4}_\d{2}$/;

let fixture: StackFixture;
let client: pg.Client;

beforeAll(async () => {
  fixture = await startStackFixture();
  client = new pg.Client({ connectionString: fixture.client.stack.databaseUrl });
  await client.connect();
  // Rows are planted without the rows that they refer to.
  await client.query('set session_replication_role = replica');
});

afterAll(async () => {
  await client.end();
  await fixture[Symbol.asyncDispose]();
});

const everyPlace = services.flatMap(({ name }) =>
  personalPlaces[name].map(({ what }) => `${name}: ${what}`),
);
const wheres = (findings: readonly { where: string }[]) =>
  findings.map(({ where }) => where).toSorted();

/** Rows of a person who was erased. */
const left = {
  'fulfillment.subscriptions': 1,
  'gateway.audit_entries': 1,
  'gateway.idempotent_calls': 1,
  'gateway.operator_invitations': 1,
  'gateway.operators': 1,
  'landing.visits': 1,
};

test('every column with text or JSON is listed as a place of personal data or as impersonal', async () => {
  const { rows } = await client.query<{ column: string; table: string }>(
    `select table_schema || '.' || table_name || '.' || column_name as column, table_name as table
    from information_schema.columns where table_schema = any($1)
    and data_type in ('text', 'jsonb', 'json', 'ARRAY', 'character varying', 'bytea', 'xml', 'tsvector', 'USER-DEFINED')`,
    [schemas],
  );
  const listed = services.flatMap(({ name, schema }) => {
    const places = personalPlaces[name].map(
      ({ table, columns }) => [table, Object.keys(columns)] as const,
    );
    return places
      .concat(Object.entries(impersonalColumns[name]).map(([table, rest]) => [table, [...rest]]))
      .flatMap(([table, columns]) => columns.map((column) => `${schema}.${table}.${column}`));
  });
  const made = rows
    .filter(
      ({ table }) =>
        !MONTH.test(table) && !table.startsWith('kysely_') && !table.startsWith('.kysely'),
    )
    .map(({ column }) => column);

  expect(new Set(made)).toEqual(new Set(listed));
});

test('an erased person is left only in the places that say why they keep it, and nobody else is touched', async () => {
  const { api } = fixture.client;
  const [ada, ben] = [person('Ada'), person('Ben')];
  await plantEverywhere(client, [ada, ben]);
  const subject = { email: ada.emailId.toUpperCase() };
  const exported = await api.personalData.export.query(subject);
  const before = await tablesWith(client, schemas, searchFor(ada));
  const benBefore = await tablesWith(client, schemas, searchFor(ben));
  // The test is about every place.
  expect(wheres(exported.findings)).toEqual(everyPlace.toSorted());
  expect(JSON.stringify(exported.data)).toContain(ada.objectId);
  expect(exported.isComplete).toBe(true);

  const reason = 'Request of 12 May';
  const preview = await api.personalData.erase.mutate({ ...subject, reason });
  const untouched = await tablesWith(client, schemas, searchFor(ada));
  const erased = await api.personalData.erase.mutate({ ...subject, reason, dryRun: false });

  expect(preview).toEqual({
    findings: expect.arrayContaining(exported.findings) as unknown,
    isDryRun: true,
  });
  expect(untouched).toEqual(before);
  expect(wheres(erased.findings)).toEqual(everyPlace.toSorted());
  expect(await tablesWith(client, schemas, searchFor(ada))).toEqual(left);
  for (const { treatment, why } of erased.findings)
    expect(why !== undefined).toBe(treatment === 'kept');
  expect(await tablesWith(client, schemas, searchFor(ben))).toEqual(benBefore);
  const again = await api.personalData.erase.mutate({
    objectId: ada.objectId,
    reason,
    dryRun: false,
  });
  expect(new Set(again.findings.map(({ treatment }) => treatment))).toEqual(new Set(['kept']));
});

test('a person whose address only contains the erased one is not touched', async () => {
  const { api } = fixture.client;
  const ada = person('Ada');
  const others = [`n${ada.emailId}`, `${ada.emailId}.org`];
  const { living } = await plantEverywhere(client, [ada, person('Ben')]);
  const values = { subscription_id: living, kind: 'note', cause: 'command', details: { others } };
  await plant(client, 'fulfillment.timeline', values);

  const erasure = { email: ada.emailId, reason: 'Request', dryRun: false };
  await api.personalData.erase.mutate(erasure);

  for (const other of others) {
    const found = await tablesWith(client, schemas, other.replaceAll('.', '\\.'));
    expect(found).toHaveProperty(['fulfillment.timeline'], 1);
  }
});

test('the people of a whole tenant are erased, and the tenant itself stays in the record', async () => {
  const { api } = fixture.client;
  const [ada, ben] = [person('Ada'), person('Ben')];
  const { ended } = await plantEverywhere(client, [ada, ben]);

  const erasure = { tenantId: ada.tenantId, reason: 'End of contract', dryRun: false };
  await api.personalData.erase.mutate(erasure);

  expect(await tablesWith(client, schemas, searchFor(ada))).toEqual(left);
  const { beneficiary } = await api.subscriptions.get.query({ subscriptionId: ended });
  expect(beneficiary).toEqual({ tenantId: ada.tenantId });
});

test("a key of one publisher finds and erases only the people of that publisher's rows", async () => {
  const [ada, ben] = [person('Ada'), person('Ben')];
  await plantEverywhere(client, [ada, ben], 'contoso');
  const before = await tablesWith(client, schemas, searchFor(ada));
  const litware = await keyOf('litware');

  const foreign = await litware.personalData.export.query({ objectId: ada.objectId });
  await litware.personalData.erase.mutate({
    objectId: ada.objectId,
    reason: 'Request',
    dryRun: false,
  });

  expect(foreign).toEqual({ findings: [], data: {}, isComplete: true });
  expect(await tablesWith(client, schemas, searchFor(ada))).toEqual(before);
  const own = await (await keyOf('contoso')).personalData.export.query({ objectId: ada.objectId });
  // These belong to no publisher.
  const installation = new Set([
    'fulfillment-worker: who replayed tasks and messages',
    'gateway: who reported backups',
    'gateway: answers of commands',
    'gateway: open sessions of people with roles',
  ]);
  expect(wheres(own.findings)).toEqual(
    everyPlace.filter((where) => !installation.has(where)).toSorted(),
  );
});

async function keyOf(publisherId: string) {
  const [id, secret] = [randomBytes(8).toString('hex'), randomBytes(32).toString('base64url')];
  await plant(client, 'gateway.api_keys', {
    id,
    secret_hash: createHash('sha256').update(secret).digest(),
    scopes: '{personal-data:read,personal-data:write}',
    publisher_id: publisherId,
  });
  const { trpcUrl } = fixture.client.stack;
  return createLandfallClient({ url: trpcUrl, apiKey: `lf_${id}_${secret}` });
}

test('no stream names a person who buys and confirms a purchase', async () => {
  const { client: stack } = fixture;
  const { objectId, email, name } = stack.person('ada');
  const { landingUrl } = await buy(fixture, { offerId: 'analytics', planId: 'growth' });
  await confirmOnLandingPage(fixture, landingUrl);
  const log = createLogger('gateway', 'silent');
  await using bus = await connectBus({ url: stack.stack.natsUrl, name: 'gateway', log });
  const messages = [];
  for (const { name: stream } of Object.values(streams)) {
    messages.push(...(await bus.readStored({ stream, subject: '>', from: 1, limit: 1000 })));
  }

  expect(messages.length).toBeGreaterThan(0);
  for (const { body, headers } of messages) {
    const text = JSON.stringify([body, headers]).toLowerCase();
    for (const word of [objectId, email, name]) expect(text).not.toContain(word.toLowerCase());
  }
});
