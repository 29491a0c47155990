import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SubscriptionFactKind } from '@landfall/contracts/subscription-facts';
import { customerMails } from '@landfall/contracts/customer-mails';
import { languages } from '@landfall/contracts/languages';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import type { Subscription } from '@landfall/domain/subscription';
import { until } from '@landfall/servers/wait';
import { inTransaction } from '@landfall/service-kit/database';
import { enqueueFact } from '../src/facts.ts';
import { announceRenewals } from '../src/store/customer-mails.ts';
import { insertSubscription } from '../src/store/subscriptions.ts';
import {
  openDeliveryFixture,
  subscriptionState,
  type DeliveryFixture,
} from './deliveries-fixture.ts';
import { openMailServer, type CaughtMail, type MailServer } from './mail-server.ts';
import { MAIL_FROM, PUBLIC_URL } from './notices-fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const off = { isOn: false };
const all = { mails: [...customerMails] };

let fixture: DeliveryFixture;
let server: MailServer;
beforeAll(async () => {
  fixture = await openDeliveryFixture('stopped');
  server = await openMailServer();
  await fixture.boot({ SMTP_URL: server.url, MAIL_FROM, PUBLIC_URL });
});
beforeEach(async () => {
  await put({
    ...all,
    isOn: true,
    language: 'en',
    includesTests: false,
    includesPartnerLed: false,
  });
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

type Put = Parameters<DeliveryFixture['client']['customerMails']['put']['mutate']>[0];

const put = (settings: Put['settings'], publisherId?: string) =>
  fixture.client.customerMails.put.mutate({ settings, publisherId });

interface Customer {
  readonly address: string;
  readonly state: Subscription;
}

/** A subscription whose people have an address that no other test uses. */
async function customer(changes: Partial<Subscription> = {}): Promise<Customer> {
  const blank = subscriptionState(randomUUID(), 'analytics');
  const address = `${randomUUID()}@fabrikam.example`;
  const beneficiary = { ...blank.beneficiary, emailId: address };
  const state: Subscription = { ...blank, status: 'Subscribed', beneficiary, ...changes };
  await inTransaction(fixture.fixture.db, (trx) =>
    insertSubscription(trx, state, { version: 1, at: fixture.now() }),
  );
  return { address, state };
}

/** Records what happened to a subscription, as the worker does, and returns the time of it. */
async function happens(
  { state }: Customer,
  kind: SubscriptionFactKind,
  dueAt?: Date,
): Promise<Date> {
  const content = { kind, state, version: 1, at: fixture.now(), dueAt };
  const context = { cause: 'worker', correlationId: randomUUID() } as const;
  await inTransaction(fixture.fixture.db, (trx) => enqueueFact(trx, content, context));
  return content.at;
}

const mailsOf = ({ address }: Customer): CaughtMail[] =>
  server.arrived.filter(({ to: [to] }) => to === address);

/** Waits until every delivery about the subscription was made, and returns what they answered. */
async function answersFor({ state }: Customer, count = 1) {
  fixture.advance(1_000);
  const { deliveries } = fixture.client;
  const made = await until(`${count} deliveries were made`, async () => {
    const { items } = await deliveries.list.query({ subscriptionId: state.id });
    return items.length === count && items.every((one) => one.state === 'delivered') && items;
  });
  const shown = await Promise.all(made.map(({ id }) => deliveries.get.query({ deliveryId: id })));
  return shown.map(({ history }) => history[0]?.answerCode ?? history[0]?.status);
}

async function rejectionFrom(call: Promise<unknown>) {
  const error = await call.then(
    () => expect.fail('the call was accepted'),
    (rejected: unknown) => rejected,
  );
  return errorDetails(error)?.rejection;
}

test('each mail is sent for its own event, with the date that it is about', async () => {
  const due = new Date('2027-03-01T10:00:00Z');
  const pending = 'PendingFulfillmentStart';
  const events = [
    ['provisioningRequested', pending, due, 'Thank you for choosing analytics', 'growth'],
    ['activated', 'Subscribed', undefined, 'analytics is ready', 'you can start now'],
    ['configurationDue', pending, due, 'Please finish setting up analytics', '1 March 2027'],
    ['suspended', 'Suspended', undefined, 'Your payment for analytics didn’t go through', ''],
    ['unsubscribed', 'Unsubscribed', undefined, 'Your subscription to analytics has ended', ''],
    [
      'accessRequested',
      'Subscribed',
      undefined,
      'A colleague has requested access to analytics',
      '',
    ],
  ] as const;
  for (const [kind, status, dueAt, subject, says] of events) {
    const ada = await customer({ status });
    const at = await happens(ada, kind, dueAt);
    await answersFor(ada);
    const [mail] = mailsOf(ada);
    expect(mail?.parsed.subject).toBe(subject);
    expect(mail?.parsed.text).toContain(says);
    expect(mail?.parsed.text).toContain(`${PUBLIC_URL}/landing/subscriptions/${ada.state.id}`);
    expect(mail?.html).toContain(`${PUBLIC_URL}/landing/subscriptions/${ada.state.id}`);
    if (kind !== 'suspended') continue;
    const ends = new Date(at.getTime() + 30 * DAY_MS);
    const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(ends);
    const words = day.replace(/^(\w+) (\d+), (\d+)$/, '$2 $1 $3');
    expect(`${mail?.parsed.text}`).toMatch(new RegExp(`${words}|${day}`));
  }
});

test('a mail about a state that is over when it is sent is not sent', async () => {
  const paidAgain = await customer({ status: 'Subscribed' });
  await happens(paidAgain, 'suspended');
  const isSetUp = await customer({ status: 'Subscribed' });
  await happens(isSetUp, 'configurationDue', new Date('2027-03-01T10:00:00Z'));
  expect(await answersFor(paidAgain)).toEqual(['not-sent:outdated']);
  expect(await answersFor(isSetUp)).toEqual(['not-sent:outdated']);
  expect([...mailsOf(paidAgain), ...mailsOf(isSetUp)]).toEqual([]);
});

test('a mail has the sender, names, language and texts of the publisher', async () => {
  await put({
    language: 'de',
    senderName: 'Contoso Desk',
    replyTo: 'support@contoso.example',
    productNames: { analytics: 'Contoso Analytik' },
  });
  const { putText } = fixture.client.customerMails;
  const place = { language: 'de' as const, key: 'ready.text1' };
  await putText.mutate({ ...place, text: 'Für alle' });
  await putText.mutate({ ...place, offerId: 'analytics', text: 'Los geht’s mit {plan} & <b>' });
  const ada = await customer();
  await happens(ada, 'activated');
  await answersFor(ada);

  const [mail] = mailsOf(ada);
  expect(mail?.parsed.from?.text).toBe('"Contoso Desk" <landfall@contoso.example>');
  expect(mail?.parsed.replyTo?.text).toBe('support@contoso.example');
  expect(mail?.parsed.headers.get('content-language')).toBe('de');
  expect(mail?.parsed.headers.get('auto-submitted')).toBe('auto-generated');
  expect(mail?.parsed.subject).toContain('Contoso Analytik');
  expect(mail?.parsed.text).toContain('Los geht’s mit growth & <b>');
  expect(mail?.html).toContain('Los geht’s mit growth &amp; &lt;b&gt;');

  await putText.mutate({ ...place, offerId: 'analytics', text: null });
  const { items } = await fixture.client.customerMails.texts.query({
    language: 'de',
    offerId: 'analytics',
  });
  expect(items.find(({ key }) => key === 'ready.text1')).toEqual({
    key: 'ready.text1',
    text: 'Für alle',
  });
  await putText.mutate({ ...place, text: null });
  await put({ senderName: null, replyTo: null, productNames: {} });
});

test('what is switched off is not sent, not even later', async () => {
  await put({ mails: ['ready'] });
  const ada = await customer();
  await happens(ada, 'accessRequested');
  await put(off);
  await happens(ada, 'activated');
  await put({ isOn: true });
  await happens(ada, 'unsubscribed');
  // A later mail of the same destination proves that the earlier ones would have been sent by now.
  const ben = await customer();
  await happens(ben, 'activated');
  await answersFor(ben);
  expect(mailsOf(ben)).toHaveLength(1);
  expect(mailsOf(ada)).toEqual([]);
});

test('mails that wait when they are switched off are never sent', async () => {
  server.recipient = () => ({ code: 451, text: '4.7.1 later' });
  const ada = await customer();
  await happens(ada, 'activated');
  await until('the first attempt failed', async () => {
    const { items } = await fixture.client.deliveries.list.query({ subscriptionId: ada.state.id });
    return items[0]?.attempts === 1;
  });
  await put(off);
  server.recipient = () => undefined;
  await put({ isOn: true });
  const { items } = await fixture.client.deliveries.list.query({ subscriptionId: ada.state.id });
  expect(items).toEqual([]);
});

test('test purchases and customers of partners get mails only where the publisher chose it', async () => {
  const tried = await customer({ isTest: true });
  const led = await customer({ purchaser: { tenantId: randomUUID(), objectId: randomUUID() } });
  await happens(tried, 'activated');
  await happens(led, 'activated');
  expect(await answersFor(tried)).toEqual(['not-sent:test-purchase']);
  expect(await answersFor(led)).toEqual(['not-sent:partner-led']);
  expect([...mailsOf(tried), ...mailsOf(led)]).toEqual([]);

  await put({ includesTests: true, includesPartnerLed: true });
  await happens(tried, 'unsubscribed');
  await happens(led, 'unsubscribed');
  await answersFor(tried, 2);
  await answersFor(led, 2);
  expect(mailsOf(tried)).toHaveLength(1);
  expect(mailsOf(led)).toHaveLength(1);
});

test('a customer without an address, such as one whose data was erased, gets no mail', async () => {
  const { tenantId } = subscriptionState(randomUUID()).beneficiary;
  const erased = await customer({ beneficiary: { tenantId }, purchaser: { tenantId } });
  await happens(erased, 'unsubscribed');
  expect(await answersFor(erased)).toEqual(['not-sent:no-address']);
});

test('a repeated event is one mail', async () => {
  const ada = await customer();
  await happens(ada, 'activated');
  await happens(ada, 'activated');
  await answersFor(ada);
  expect(mailsOf(ada)).toHaveLength(1);
});

test('the settings of a publisher replace those of all publishers', async () => {
  await put({ senderName: 'Everyone' });
  const seen = await fixture.client.customerMails.get.query({ publisherId: 'contoso' });
  expect(seen).toMatchObject({ isOn: true, senderName: 'Everyone' });
  expect(seen.destinationId).toBeUndefined();
  const own = await put({ senderName: 'Contoso only', mails: ['ready'] }, 'contoso');
  expect(own).toMatchObject({ isOn: true, isReady: true });
  const ada = await customer();
  await happens(ada, 'activated');
  expect(new Set(await answersFor(ada, 2))).toEqual(new Set([250, 'not-sent:own-settings']));
  expect(mailsOf(ada).map(({ parsed }) => parsed.from?.value[0]?.name)).toEqual(['Contoso only']);

  await put(off, 'contoso');
  const ben = await customer();
  await happens(ben, 'activated');
  expect(await answersFor(ben)).toEqual(['not-sent:own-settings']);
  const { pool } = fixture.fixture.db;
  await pool.query(`delete from destinations where publisher_id = 'contoso'`);
  await pool.query(`delete from customer_mails where publisher_id = 'contoso'`);
  await put({ senderName: null });
});

test('a yearly term that renews is announced two weeks ahead, once for each term', async () => {
  const ends = (days: number) => new Date(fixture.now().getTime() + days * DAY_MS);
  const term = (endDate: Date, termUnit = 'P1Y') => ({ startDate: ends(-300), endDate, termUnit });
  const ada = await customer({ term: term(ends(13)) });
  const later = await customer({ term: term(ends(16)) });
  const monthly = await customer({ term: term(ends(13), 'P1M') });
  const ending = await customer({ term: term(ends(13)), autoRenew: false });
  const look = () => {
    const within = { from: fixture.now(), until: ends(14) };
    return inTransaction(fixture.fixture.db, (trx) => announceRenewals(trx, within));
  };
  expect([await look(), await look()]).toEqual([1, 0]);
  await answersFor(ada);
  const [mail] = mailsOf(ada);
  expect(mail?.parsed.subject).toMatch(/^analytics renews on \d+ \w+ \d{4}$/);
  expect([later, monthly, ending].flatMap(mailsOf)).toEqual([]);

  // The record that it was told does not depend on how long deliveries are kept.
  const gone = 'delete from deliveries where subscription_id = $1';
  await fixture.fixture.db.pool.query(gone, [ada.state.id]);
  await fixture.fixture.db.pool.query(`delete from product_events where id like 'renewal:%'`);
  expect(await look()).toBe(0);
});

test.each(languages)(
  'a preview in %s shows each mail as customers get it, and a test is sent',
  async (language) => {
    const { preview, test: send } = fixture.client.customerMails;
    for (const mail of customerMails) {
      const shown = await preview.query({ language, mail, offerId: 'analytics' });
      expect(shown.subject).not.toMatch(/[{}]/);
      expect(shown.html).toContain(`<html lang="${language}">`);
      expect(shown.text).not.toMatch(/[{}]|undefined/);
    }
    const to = `preview-${language}@contoso.example`;
    const place = { language, offerId: 'analytics', mail: 'ready' as const };
    expect(await send.mutate({ ...place, to })).toMatchObject({ isSent: true });
    const shown = await preview.query(place);
    const mail = server.arrived.find(({ to: [address] }) => address === to);
    expect(mail?.parsed.subject).toBe(shown.subject);
  },
);

test('a test that the mail server refuses says why', async () => {
  server.recipient = () => ({ code: 550, text: '5.1.1 no such user' });
  const place = { language: 'en' as const, mail: 'ready' as const, to: 'nobody@contoso.example' };
  expect(await fixture.client.customerMails.test.mutate(place)).toEqual({
    isSent: false,
    failure: 'refused-recipient',
    answerCode: '5.1.1',
  });
  server.recipient = () => undefined;
});

test('a text that mails could not use is refused', async () => {
  const { putText } = fixture.client.customerMails;
  const texts = ['Hello {customer}', 'Hello {', '{date, date, long}'];
  for (const text of texts) {
    const refused = putText.mutate({ language: 'en', key: 'ready.title', text });
    expect(await rejectionFrom(refused)).toBe('mail.text-refused');
  }
  const unknown = putText.mutate({ language: 'en', key: 'ready.nothing', text: 'Hello' });
  expect(await rejectionFrom(unknown)).toBe('mail.text-refused');
});

test('the destination of customer mails is listed, and is changed only with customerMails', async () => {
  const { destinations } = fixture.client;
  const { items } = await destinations.list.query({ channel: 'customer-mail' });
  const [destination] = items;
  expect(destination).toMatchObject({ label: 'Customers', url: '', state: 'enabled' });
  const destinationId = destination?.id ?? '';
  const calls = [
    () => destinations.update.mutate({ destinationId, label: 'Mine' }),
    () => destinations.disable.mutate({ destinationId }),
    () => destinations.remove.mutate({ destinationId }),
    () => destinations.ping.mutate({ destinationId }),
  ];
  for (const call of calls) {
    await expect(call()).rejects.toThrow('customerMails.put');
  }
  await put(off);
  const enabled = destinations.enable.mutate({ destinationId });
  await expect(enabled).rejects.toThrow('customerMails.put');
});
