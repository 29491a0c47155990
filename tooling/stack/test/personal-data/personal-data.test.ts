import { createHash, randomBytes, randomUUID } from 'node:crypto';
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
import { party, person, plant, searchFor, tablesWith, type Planted } from './plant.ts';

const schemas = services.map(({ schema }) => schema);
/** A partition, such as `usage_records_2026_03`. Its table stands for it. */
const MONTH = /_\d{4}_\d{2}$/;
const DAY_MS = 86_400_000;

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

async function plantSubscription(
  status: string,
  people: {
    readonly beneficiary: Planted;
    readonly purchaser: Planted;
    readonly claimedBy: Planted;
  },
  publisherId: string,
): Promise<string> {
  const id = randomUUID();
  const state = {
    id,
    publisherId,
    offerId: 'analytics',
    planId: 'growth',
    // The name of a living subscription is Microsoft's too.
    name: `Space of ${people.beneficiary.name}`,
    quantity: null,
    status,
    term: {},
    autoRenew: true,
    isFreeTrial: false,
    isTest: false,
    beneficiary: party(people.beneficiary),
    purchaser: party(people.purchaser),
    claimedBy: party(people.claimedBy),
    allowedCustomerOperations: ['Read'],
    activation: { state: 'confirmed' },
    provisioning: { state: 'none' },
  };
  const values = {
    id,
    publisher_id: publisherId,
    offer_id: 'analytics',
    plan_id: 'growth',
    status,
  };
  const answers = { contact: people.claimedBy.name };
  await plant(client, 'fulfillment.subscriptions', { ...values, state, answers });
  return id;
}

/** Far above what the gateway reaches in these tests. It appends after the largest one. */
function randomSequence(): string {
  return String(1_000_000 + Math.floor(Math.random() * 1e12));
}

/** Rows about the person in every place of every service. Ben stands beside them wherever two people can. */
async function plantEverywhere(ada: Planted, ben: Planted, publisherId = 'contoso') {
  const people = { beneficiary: ada, purchaser: ben, claimedBy: ada };
  const living = await plantSubscription('Subscribed', people, publisherId);
  const ended = await plantSubscription('Unsubscribed', people, publisherId);
  const { tenantId: tenant_id, objectId: object_id, emailId } = ada;
  const of = { subscription_id: living };
  const [eventId, withAnswers, deliveryId] = [randomUUID(), randomUUID(), randomUUID()];
  // Events name people only by their ids.
  const entraIds = { tenantId: tenant_id, objectId: object_id };
  const body = {
    id: eventId,
    subscription: { id: living, beneficiary: entraIds },
    person: entraIds,
  };
  const answers = { id: withAnswers, subscription: { id: living }, answers: { contact: ada.name } };
  const publisher = { publisher_id: publisherId };
  const operator = `operator ${tenant_id}/${object_id}`;
  const visit = {
    ...of,
    tenant_id,
    object_id,
    claimed_by: party(ada),
    answers: { contact: ada.name },
  };
  const later = new Date(Date.now() + DAY_MS);
  const rows: readonly (readonly [string, Record<string, unknown>])[] = [
    ['gateway.api_keys', { ...publisher, label: `of ${emailId}`, scopes: '{}' }],
    [
      'gateway.audit_entries',
      { ...publisher, sequence: randomSequence(), actor: emailId, procedure: 'people.remove' },
    ],
    ['gateway.backups', { note: `for ${emailId}`, recorded_by: emailId }],
    ['gateway.idempotent_calls', { outcome: JSON.stringify({ answer: { emailId } }) }],
    ['gateway.operator_invitations', { ...publisher, created_by: emailId }],
    ['gateway.operator_sessions', { tenant_id, object_id, name: ada.name }],
    ['gateway.operators', { ...publisher, tenant_id, object_id, name: ada.name, email: emailId }],
    [
      'billing.usage_incidents',
      { ...of, ...publisher, settled_by: emailId, reason: `as ${emailId} said` },
    ],
    [
      'billing.usage_hours',
      { ...of, ...publisher, state: 'settled', resent_because: `for ${emailId}`, hour: new Date() },
    ],
    [
      'billing.recurring_charges',
      { ...of, ...publisher, label: `agreed with ${emailId}`, ended_at: new Date() },
    ],
    [
      'ingest.notifications',
      {
        ...of,
        ...publisher,
        verdict: 'accepted',
        problems: '[]',
        published_at: new Date(),
        body: JSON.stringify({
          id: living,
          subscription: { name: ada.name, beneficiary: party(ada), purchaser: { emailId } },
        }),
        history: JSON.stringify([{ at: new Date().toISOString(), by: emailId }]),
      },
    ],
    ['fulfillment.product_events', { id: eventId, body: JSON.stringify(body) }],
    ['fulfillment.product_events', { id: withAnswers, body: JSON.stringify(answers) }],
    [
      'fulfillment.deliveries',
      {
        ...of,
        id: deliveryId,
        event_id: withAnswers,
        state: 'delivered',
        delivered_at: new Date(),
        replayed_by: emailId,
        recipient: emailId,
        ...publisher,
      },
    ],
    [
      'fulfillment.deliveries',
      { ...of, event_id: eventId, state: 'delivered', delivered_at: new Date() },
    ],
    [
      'fulfillment.delivery_attempts',
      { delivery_id: deliveryId, cause: 'resend', requested_by: emailId },
    ],
    [
      'fulfillment.destinations',
      {
        ...publisher,
        channel: 'mail',
        recipients: `{${emailId},team@contoso.example}`,
        types: '{}',
        offer_ids: '{}',
      },
    ],
    ['fulfillment.exchanges', { ...of, answer: { by: emailId } }],
    [
      'fulfillment.listeners',
      { ...publisher, label: `of ${emailId}`, types: '{}', offer_ids: '{}', ends_at: later },
    ],
    ['fulfillment.replays', { what: 'parkedTasks', requested_by: emailId }],
    [
      'fulfillment.changes',
      {
        ...of,
        kind: 'ChangePlan',
        state: 'succeeded',
        origin: 'customer',
        settled_at: new Date(),
        approved_by: `entra:${tenant_id}/${object_id}`,
      },
    ],
    ['fulfillment.notes', { ...of, text: `${emailId} called` }],
    ['fulfillment.notes', { ...of, author: operator, text: 'called' }],
    ['fulfillment.approvals', { ...of, decided_by: operator }],
    ['fulfillment.policy_versions', { ...publisher, author: operator, rules: '[]' }],
    [
      'fulfillment.timeline',
      { ...of, kind: 'note', cause: 'command', details: { text: `asked by ${emailId}` } },
    ],
    [
      'fulfillment.tasks',
      { ...of, done_at: new Date(), payload: { by: emailId }, last_error: `not for ${emailId}` },
    ],
    [
      'landing.visits',
      { ...visit, confirmed_at: new Date(), handed_over_at: new Date(), expires_at: later },
    ],
    [
      'landing.visits',
      { ...visit, confirmed_at: new Date(), hand_over_due_at: later, expires_at: later },
    ],
    [
      'landing.members',
      { ...of, tenant_id, object_id, role: 'owner', name: ada.name, email: emailId },
    ],
    [
      'landing.members',
      {
        ...of,
        tenant_id: ben.tenantId,
        object_id: ben.objectId,
        email: ben.emailId,
        decided_by: object_id,
      },
    ],
    ['landing.events', { ...of, kind: 'visit.opened', tenant_id, object_id }],
    [
      'landing.events',
      {
        ...of,
        kind: 'access.given',
        tenant_id,
        object_id: ben.objectId,
        about_object_id: object_id,
      },
    ],
    ['landing.events', { ...of, kind: 'access.given', detail: `owner by publisher: ${emailId}` }],
  ];
  for (const [table, values] of rows) await plant(client, table, values);
  return { living, ended };
}

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
  await plantEverywhere(ada, ben);
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
  const { living } = await plantEverywhere(ada, person('Ben'));
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
  const { ended } = await plantEverywhere(ada, ben);

  const erasure = { tenantId: ada.tenantId, reason: 'End of contract', dryRun: false };
  await api.personalData.erase.mutate(erasure);

  expect(await tablesWith(client, schemas, searchFor(ada))).toEqual(left);
  const { beneficiary } = await api.subscriptions.get.query({ subscriptionId: ended });
  expect(beneficiary).toEqual({ tenantId: ada.tenantId });
});

test("a key of one publisher finds and erases only the people of that publisher's rows", async () => {
  const [ada, ben] = [person('Ada'), person('Ben')];
  await plantEverywhere(ada, ben, 'contoso');
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
