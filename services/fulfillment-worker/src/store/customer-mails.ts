import { sql } from 'kysely';
import {
  customerMailSettings,
  type CustomerMailSettings,
} from '@landfall/contracts/customer-mail-procedures';
import { baseOfferId } from '@landfall/domain/subscription';
import { isMailKey, type MailOverrides } from '@landfall/words/mails';
import type { Db, Trx } from '../db/schema.ts';

/** In a key: every publisher, or every offer. */
const EVERY = '';

/** What a publisher has that never chose anything. */
const defaults: CustomerMailSettings = {
  isOn: false,
  mails: ['welcome', 'ready', 'actionNeeded', 'suspended', 'ended', 'accessRequested'],
  language: 'en',
  senderName: null,
  replyTo: null,
  productNames: {},
  includesTests: false,
  includesPartnerLed: false,
};

export interface CustomerMails {
  readonly settings: CustomerMailSettings;
  readonly destinationId: string | undefined;
}

/** The settings in force: the publisher's own, otherwise those of all publishers. The destination is only that of exactly this. */
export async function readCustomerMails(
  db: Db['kysely'] | Trx,
  publisherId: string | undefined,
): Promise<CustomerMails> {
  const row = await db
    .selectFrom('customerMails')
    .selectAll()
    .where('publisherId', 'in', [publisherId ?? EVERY, EVERY])
    .orderBy(sql`publisher_id <> ''`, 'desc')
    .limit(1)
    .executeTakeFirst();
  const settings = customerMailSettings.parse({ ...defaults, ...row?.settings });
  const isOwn = row?.publisherId === (publisherId ?? EVERY);
  return { settings, destinationId: (isOwn && row.destinationId) || undefined };
}

/** Whether the publisher has settings of its own, which replace those of all publishers. */
export async function hasOwnMails(db: Db['kysely'], publisherId: string): Promise<boolean> {
  const row = await db
    .selectFrom('customerMails')
    .select('publisherId')
    .where('publisherId', '=', publisherId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function saveCustomerMails(
  trx: Trx,
  publisherId: string | undefined,
  { settings, destinationId }: CustomerMails,
): Promise<void> {
  const content = JSON.stringify(settings);
  await trx
    .insertInto('customerMails')
    .values({
      publisherId: publisherId ?? EVERY,
      settings: content,
      destinationId: destinationId ?? null,
    })
    .onConflict((conflict) =>
      conflict
        .column('publisherId')
        .doUpdateSet({ settings: content, destinationId: destinationId ?? null }),
    )
    .execute();
}

export interface TextPlace {
  readonly publisherId?: string | undefined;
  readonly offerId?: string | undefined;
  readonly language: string;
}

/** The texts that apply to an offer: its own, otherwise those for all offers, otherwise those for all publishers. */
export async function readMailTexts(
  db: Db['kysely'],
  { publisherId = EVERY, offerId = EVERY, language }: TextPlace,
): Promise<MailOverrides> {
  const rows = await db
    .selectFrom('customerMailTexts')
    .select(['key', 'text'])
    .where('publisherId', 'in', [publisherId, EVERY])
    .where('offerId', 'in', [offerId, baseOfferId(offerId), EVERY])
    .where('language', '=', language)
    .orderBy(sql`publisher_id <> ''`)
    .orderBy(sql`offer_id <> ''`)
    .orderBy(sql`offer_id = ${offerId}`)
    .execute();
  return Object.fromEntries(
    rows.filter(({ key }) => isMailKey(key)).map(({ key, text }) => [key, text]),
  );
}

/** The texts of exactly this place. */
export async function readOwnTexts(db: Db['kysely'], place: TextPlace): Promise<MailOverrides> {
  const rows = await atPlace(db, place).execute();
  return Object.fromEntries(rows.map(({ key, text }) => [key, text]));
}

function atPlace(db: Db['kysely'], { publisherId = EVERY, offerId = EVERY, language }: TextPlace) {
  return db
    .selectFrom('customerMailTexts')
    .select(['key', 'text'])
    .where('publisherId', '=', publisherId)
    .where('offerId', '=', offerId)
    .where('language', '=', language);
}

/** Null removes the text. */
export async function saveMailText(
  db: Db['kysely'],
  { publisherId = EVERY, offerId = EVERY, language }: TextPlace,
  { key, text }: { readonly key: string; readonly text: string | null },
): Promise<void> {
  if (text === null) {
    await db
      .deleteFrom('customerMailTexts')
      .where('publisherId', '=', publisherId)
      .where('offerId', '=', offerId)
      .where('language', '=', language)
      .where('key', '=', key)
      .execute();
    return;
  }
  await db
    .insertInto('customerMailTexts')
    .values({ publisherId, offerId, language, key, text })
    .onConflict((conflict) =>
      conflict.columns(['publisherId', 'offerId', 'language', 'key']).doUpdateSet({ text }),
    )
    .execute();
}

/** Those that are left follow with the next look. */
const RENEWALS_AT_ONCE = 1_000;

/**
 * Stores a mail about each renewal within the period, once for each term, for destinations whose publisher chose it. Returns how
 * many. A subscription that another transaction holds follows with the next look. Monthly
 * terms renew too often for a mail. Index: subscriptions_term_ends.
 */
export async function announceRenewals(
  trx: Trx,
  within: { readonly from: Date; readonly until: Date },
): Promise<number> {
  const { from, until } = within;
  const { numAffectedRows } = await sql`
    with chosen as (
      select d.id, d.publisher_id
      from customer_mails m join destinations d on d.id = m.destination_id and d.state = 'enabled'
      where m.settings -> 'mails' ? 'renewalAhead'),
    due as (
      select id, publisher_id, ends_key, 'renewal:' || id || ':' || ends_key as event_id
      from subscriptions
      where status = 'Subscribed' and term_end_kind = 'renews' and state #>> '{term,termUnit}' <> 'P1M'
        and ends_key > ${from.toISOString()} and ends_key <= ${until.toISOString()}
        and renewal_mail_for is distinct from ends_key
        and exists (select from chosen
          where chosen.publisher_id is null or chosen.publisher_id = subscriptions.publisher_id)
      order by ends_key limit ${RENEWALS_AT_ONCE} for update skip locked),
    noted as (
      update subscriptions set renewal_mail_for = due.ends_key from due where due.id = subscriptions.id),
    event as (
      insert into product_events (id, body, created_at)
      select event_id, jsonb_build_object('id', event_id, 'mail', 'renewalAhead',
        'subscriptionId', id, 'date', ends_key)::text, ${from}::timestamptz
      from due
      on conflict (id) do nothing
      returning id, sequence)
    insert into deliveries (id, destination_id, publisher_id, channel, event_id, event_sequence, type,
      subscription_id, state, next_attempt_at, created_at)
    select gen_random_uuid(), chosen.id, chosen.publisher_id, 'customer-mail', event.id,
      event.sequence, 'renewalAhead', due.id, 'waiting', ${from}, ${from}
    from event join due on due.event_id = event.id
      join chosen on chosen.publisher_id is null or chosen.publisher_id = due.publisher_id
  `.execute(trx);
  return Number(numAffectedRows ?? 0n);
}
