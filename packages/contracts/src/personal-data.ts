import type { ServiceName } from './services.ts';

/** What an erasure does with the person's rows or values of a place. */
export type Treatment = 'erased' | 'pseudonymised' | 'kept';

/**
 * A place where personal data may be stored. Conditions are SQL on the table's row; in them, `:publisher` stands for the
 * publisher of a limited caller.
 */
export interface PersonalPlace {
  readonly table: string;
  /** What is stored there, for the report. */
  readonly what: string;
  /** The columns that may name a person. */
  readonly columns: Readonly<Record<string, 'text' | 'jsonb'>>;
  /** SQL text that is searched for the person. Absent: the columns. */
  readonly searched?: string | undefined;
  /** Limits the place to some of the table's rows. */
  readonly only?: string | undefined;
  /** Column with the tenant of the person. It finds the rows of a whole tenant. */
  readonly tenantColumn?: string | undefined;
  /** The searched text contains the tenants of its people, so the tenant's id finds the rows of a whole tenant. */
  readonly namesTenant?: true | undefined;
  /** Where tenant, object id and e-mail address of the same person stand, as SQL. */
  readonly people?: readonly (readonly [tenantId: string, objectId: string, email: string])[];
  /** Whether the row belongs to `:publisher`. */
  readonly ofPublisher?: string | undefined;
  /** For services that do not store owners: the row's subscription. The worker knows the owner. */
  readonly subscription?: string | undefined;
  /** Columns that an export leaves out, because they are encrypted. */
  readonly sealed?: readonly string[] | undefined;
  readonly treatment: Treatment;
  /** Why it is kept. */
  readonly why?: string | undefined;
  /**
   * `delete`: the row; `clear`: the columns become null; `replace`: ids and addresses in the columns become "erased"; `own`:
   * the service has its own statement. Absent: kept.
   */
  readonly by?: 'delete' | 'clear' | 'replace' | 'own' | undefined;
}

const OF_SUBSCRIPTION =
  'subscription_id in (select id from subscriptions where publisher_id = :publisher)';
const OF_VISIT =
  'coalesce(subscription_id, (select visits.subscription_id from visits where visits.id = visit_id))';
const partyOf = (party: string) =>
  [
    `state #>> '{${party},tenantId}'`,
    `state #>> '{${party},objectId}'`,
    `state #>> '{${party},emailId}'`,
  ] as const;
/** The other columns are generated from the first one. */
const STATE = { state: 'jsonb', words: 'text', name_key: 'text' } as const;
const NOT_SENT = 'confirmed_at is not null and handed_over_at is null';

const visits = {
  table: 'visits',
  columns: {
    tenant_id: 'text',
    object_id: 'text',
    claimed_by: 'jsonb',
    answers: 'jsonb',
    token_sealed: 'text',
    draft_sealed: 'text',
  },
  searched: "concat_ws(' ', object_id, claimed_by::text, answers::text)",
  tenantColumn: 'tenant_id',
  people: [
    ['tenant_id', 'object_id', 'null'],
    ["claimed_by ->> 'tenantId'", "claimed_by ->> 'objectId'", "claimed_by ->> 'emailId'"],
  ],
  subscription: 'subscription_id',
  sealed: ['token_sealed', 'draft_sealed'],
} as const satisfies Partial<PersonalPlace>;

/**
 * Every place where Landfall stores personal data, by service, in the order of an erasure. The streams are absent because
 * facts never name people. `impersonal-columns.ts` lists all other columns.
 */
export const personalPlaces: Readonly<Record<ServiceName, readonly PersonalPlace[]>> = {
  gateway: [
    {
      table: 'api_keys',
      what: 'labels of API keys',
      columns: { label: 'text', created_by: 'text' },
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'pseudonymised',
      by: 'replace',
    },
    {
      table: 'backups',
      what: 'who reported backups',
      columns: { note: 'text', recorded_by: 'text' },
      ofPublisher: 'false',
      treatment: 'pseudonymised',
      by: 'replace',
    },
    {
      table: 'matters',
      what: 'who takes care of what, and why it was closed',
      columns: { assigned_tenant: 'text', assigned_object: 'text', closed_reason: 'text' },
      tenantColumn: 'assigned_tenant',
      people: [['assigned_tenant', 'assigned_object', 'null']],
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'pseudonymised',
      by: 'replace',
    },
    {
      table: 'matter_events',
      what: 'who assigned, snoozed and closed what, and why',
      columns: { by: 'text', reason: 'text', details: 'jsonb' },
      namesTenant: true,
      ofPublisher: 'matter_id in (select id from matters where publisher_id = :publisher)',
      treatment: 'pseudonymised',
      by: 'replace',
    },
    {
      table: 'idempotent_calls',
      what: 'answers of commands',
      columns: { outcome: 'text' },
      ofPublisher: 'false',
      treatment: 'kept',
      why: 'They are removed after a day. Until then they keep a repeated command from being carried out twice.',
    },
    {
      table: 'operators',
      what: 'people with roles',
      columns: {
        tenant_id: 'text',
        object_id: 'text',
        name: 'text',
        email: 'text',
        created_by: 'text',
      },
      tenantColumn: 'tenant_id',
      people: [['tenant_id', 'object_id', 'email']],
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'kept',
      why: 'The person has access to Landfall. operators.remove takes it away and deletes the row.',
    },
    {
      table: 'operator_sessions',
      what: 'open sessions of people with roles',
      columns: { tenant_id: 'text', object_id: 'text', name: 'text' },
      tenantColumn: 'tenant_id',
      people: [['tenant_id', 'object_id', 'null']],
      ofPublisher: 'false',
      treatment: 'erased',
      by: 'delete',
    },
    {
      table: 'operator_invitations',
      what: 'invitations that are not used yet',
      columns: { created_by: 'text' },
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'kept',
      why: 'It names who invited, and expires within a week.',
    },
    {
      table: 'audit_entries',
      what: 'audit log',
      columns: { actor: 'text', subject: 'text', reason: 'text' },
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'kept',
      why: 'The record of who did what, protected against changes. Entries are removed after KEEP_AUDIT_DAYS.',
    },
  ],
  'billing-sync': [
    {
      table: 'usage_incidents',
      what: 'who settled differences of usage, and why',
      columns: { settled_by: 'text', reason: 'text' },
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'pseudonymised',
      by: 'replace',
    },
    {
      table: 'usage_hours',
      what: 'why refused hours were sent again',
      columns: { resent_because: 'text' },
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'pseudonymised',
      by: 'replace',
    },
    {
      table: 'recurring_charges',
      what: 'labels of recurring charges',
      columns: { label: 'text' },
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'pseudonymised',
      by: 'replace',
    },
  ],
  'webhook-ingest': [
    {
      table: 'notifications',
      what: "people in Microsoft's notifications",
      columns: { body: 'text' },
      namesTenant: true,
      ofPublisher: 'publisher_id = :publisher',
      // A body without any person stays as it is, so it must not be found again by its tenant.
      only: `body ~* '"\\s*(objectid|emailid|email|puid|name|givenname|surname|displayname)\\s*"' or body !~ '^\\s*[{\\[]'`,
      treatment: 'erased',
      by: 'own',
    },
    {
      table: 'notifications',
      what: 'who replayed notifications',
      columns: { history: 'jsonb' },
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'pseudonymised',
      by: 'replace',
    },
  ],
  'fulfillment-worker': [
    {
      table: 'product_events',
      what: 'people and answers in events to the product',
      columns: { body: 'text' },
      searched: `concat_ws(' ', body, case when body::jsonb ? 'answers' then (
        select string_agg(state::text, ' ') from subscriptions where id in (
          select subscription_id from deliveries where event_id = product_events.id
          union all select subscription_id from listener_events where event_id = product_events.id)) end)`,
      namesTenant: true,
      only: `(body::jsonb #> '{subscription,beneficiary,objectId}' is not null or body::jsonb ?| array['answers', 'person'])`,
      ofPublisher: `id in (select event_id from deliveries where ${OF_SUBSCRIPTION} union all select event_id from listener_events where ${OF_SUBSCRIPTION})`,
      treatment: 'erased',
      by: 'own',
    },
    {
      table: 'destinations',
      what: 'addresses to which notices are mailed',
      columns: { recipients: 'text' },
      searched: "array_to_string(recipients, ' ')",
      only: "recipients <> '{}'",
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'erased',
      by: 'own',
    },
    {
      table: 'deliveries',
      what: 'addresses to which notices were mailed',
      columns: { recipient: 'text' },
      only: 'recipient is not null',
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'pseudonymised',
      by: 'replace',
    },
    {
      table: 'subscriptions',
      what: 'the answers of buyers',
      columns: { answers: 'jsonb' },
      searched: "concat_ws(' ', answers::text, state::text)",
      only: 'answers is not null',
      namesTenant: true,
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'erased',
      by: 'clear',
    },
    {
      table: 'subscriptions',
      what: 'who confirmed a purchase, and the people of ended subscriptions',
      columns: STATE,
      searched: `case when status = 'Unsubscribed' then concat_ws(' ', (state -> 'beneficiary')::text, (state -> 'purchaser')::text, (state -> 'claimedBy')::text, state ->> 'name') else (state -> 'claimedBy')::text end`,
      only: `case when status = 'Unsubscribed' then coalesce(state #>> '{beneficiary,objectId}', state #>> '{beneficiary,emailId}', state #>> '{purchaser,objectId}', state #>> '{purchaser,emailId}', nullif(state ->> 'name', '')) is not null else false end or coalesce(state #>> '{claimedBy,objectId}', state #>> '{claimedBy,emailId}') is not null`,
      namesTenant: true,
      people: [partyOf('beneficiary'), partyOf('purchaser'), partyOf('claimedBy')],
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'erased',
      by: 'own',
    },
    {
      table: 'subscriptions',
      what: 'beneficiary and purchaser of living subscriptions',
      columns: STATE,
      searched: `concat_ws(' ', (state -> 'beneficiary')::text, (state -> 'purchaser')::text, state ->> 'name')`,
      only: "status <> 'Unsubscribed'",
      namesTenant: true,
      people: [partyOf('beneficiary'), partyOf('purchaser'), partyOf('claimedBy')],
      ofPublisher: 'publisher_id = :publisher',
      treatment: 'kept',
      why: "Microsoft's record of a living subscription names them, and the contract needs them. They are erased when the retention after its end is over.",
    },
    {
      table: 'notes',
      what: 'notes on subscriptions that name the person',
      columns: { text: 'text' },
      ofPublisher: OF_SUBSCRIPTION,
      treatment: 'erased',
      by: 'delete',
    },
    ...(
      [
        ['notes', 'who wrote notes', { author: 'text' }, OF_SUBSCRIPTION],
        [
          'approvals',
          'who approved or declined purchases, and why',
          { decided_by: 'text', reason: 'text', message_to_buyer: 'text' },
          OF_SUBSCRIPTION,
        ],
        ['policy_versions', 'who saved rules', { author: 'text' }, 'publisher_id = :publisher'],
        ['changes', 'who approved changes', { approved_by: 'text' }, OF_SUBSCRIPTION],
        ['timeline', 'the timeline of subscriptions', { details: 'jsonb' }, OF_SUBSCRIPTION],
        [
          'tasks',
          'work on subscriptions',
          { payload: 'jsonb', last_error: 'text' },
          OF_SUBSCRIPTION,
        ],
        ['deliveries', 'who replayed events', { replayed_by: 'text' }, OF_SUBSCRIPTION],
        [
          'delivery_attempts',
          'who sent events again',
          { requested_by: 'text' },
          `delivery_id in (select id from deliveries where ${OF_SUBSCRIPTION})`,
        ],
        [
          'exchanges',
          "Microsoft's answers",
          { sent: 'jsonb', answer: 'jsonb', failure: 'text' },
          OF_SUBSCRIPTION,
        ],
        ['listeners', 'labels of listeners', { label: 'text' }, 'publisher_id = :publisher'],
        [
          'replays',
          'who replayed tasks and messages',
          { requested_by: 'text', wanted: 'jsonb' },
          'false',
        ],
      ] as const
    ).map(([table, what, columns, ofPublisher]) => ({
      table,
      what,
      columns,
      ofPublisher,
      treatment: 'pseudonymised' as const,
      by: 'replace' as const,
    })),
  ],
  landing: [
    {
      table: 'events',
      what: 'visitors in the events of the pages',
      columns: { object_id: 'text', about_object_id: 'text' },
      tenantColumn: 'tenant_id',
      only: 'coalesce(object_id, about_object_id) is not null',
      people: [
        ['tenant_id', 'object_id', 'null'],
        ['tenant_id', 'about_object_id', 'null'],
      ],
      subscription: OF_VISIT,
      treatment: 'erased',
      by: 'clear',
    },
    {
      table: 'events',
      what: 'who gave or removed access',
      columns: { detail: 'text' },
      subscription: OF_VISIT,
      treatment: 'pseudonymised',
      by: 'replace',
    },
    {
      ...visits,
      what: 'confirmed purchases that the worker does not have yet',
      only: NOT_SENT,
      treatment: 'kept',
      why: 'The purchase would be lost. Repeat the erasure in a few minutes.',
    },
    {
      ...visits,
      what: 'visits of the landing page',
      only: `not (${NOT_SENT})`,
      treatment: 'erased',
      by: 'delete',
    },
    {
      table: 'members',
      what: 'people with access to the manage page, and their requests',
      columns: { tenant_id: 'text', object_id: 'text', name: 'text', email: 'text' },
      searched: "concat_ws(' ', object_id, email)",
      tenantColumn: 'tenant_id',
      people: [['tenant_id', 'object_id', 'email']],
      subscription: 'subscription_id',
      treatment: 'erased',
      by: 'delete',
    },
    {
      table: 'members',
      what: 'who decided about the access of others',
      columns: { decided_by: 'text' },
      subscription: 'subscription_id',
      treatment: 'pseudonymised',
      by: 'replace',
    },
  ],
};
