import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { party, plant, type Planted } from './plant.ts';

const DAY_MS = 86_400_000;

async function plantSubscription(
  client: pg.Client,
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
export async function plantEverywhere(
  client: pg.Client,
  [ada, ben]: readonly [Planted, Planted],
  publisherId = 'contoso',
) {
  const people = { beneficiary: ada, purchaser: ben, claimedBy: ada };
  const living = await plantSubscription(client, 'Subscribed', people, publisherId);
  const ended = await plantSubscription(client, 'Unsubscribed', people, publisherId);
  const { tenantId: tenant_id, objectId: object_id, emailId } = ada;
  const of = { subscription_id: living };
  const [eventId, withAnswers, deliveryId] = [randomUUID(), randomUUID(), randomUUID()];
  const matter_id = randomUUID();
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
    [
      'gateway.matters',
      {
        ...publisher,
        id: matter_id,
        severity: 'warning',
        assigned_tenant: tenant_id,
        assigned_object: object_id,
        closed_reason: `${emailId} called`,
      },
    ],
    ['gateway.matter_events', { matter_id, by: operator, reason: `${emailId} called` }],
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
