import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { openDeliveryFixture, type DeliveryFixture } from './deliveries-fixture.ts';
import { openMailServer, type MailServer } from './mail-server.ts';
import {
  closeMatter,
  deliveriesWhen,
  destinationOf,
  MAIL_FROM,
  openMatter,
  PUBLIC_URL,
} from './notices-fixture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let fixture: DeliveryFixture;
let server: MailServer;
beforeAll(async () => {
  fixture = await openDeliveryFixture('stopped');
  server = await openMailServer();
  await fixture.boot({ SMTP_URL: server.url, MAIL_FROM, PUBLIC_URL });
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const to = (name: string) => ({
  channel: 'mail' as const,
  recipients: [`${name}@contoso.example`],
});

const mailsTo = (name: string) =>
  server.arrived.filter(({ to: [address] }) => address === `${name}@contoso.example`);

/** Waits until the worker knows this many notices of the destination in this state. */
async function noticesIn(destinationId: string, state: string, count = 1): Promise<void> {
  await until(`${count} notices are ${state}`, async () => {
    const found = await fixture.fixture.db.pool.query(
      'select count(*)::int as count from notices where destination_id = $1 and state = $2',
      [destinationId, state],
    );
    return found.rows[0].count === count;
  });
}

/** Sends the notice about an open matter, closes the matter, and sends the notice about that. */
async function openedAndClosed(
  destinationId: string,
  matter: Parameters<typeof closeMatter>[1],
  by?: Parameters<typeof closeMatter>[2],
): Promise<void> {
  await noticesIn(destinationId, 'waiting');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, destinationId, 1);
  await closeMatter(fixture, matter, by);
  await noticesIn(destinationId, 'closing');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, destinationId, 2);
}

test('a matter is mailed with cause, effect, next step and a link, and its end too', async () => {
  const { id, offerId } = await destinationOf(fixture, to('ada'));
  const matter = await openMatter(fixture, { offerId, dueAt: '2026-12-24T10:00:00.000Z' });
  await noticesIn(id, 'waiting');
  fixture.advance(2_000);
  await deliveriesWhen(fixture, id, 1);
  await closeMatter(fixture, matter);
  await noticesIn(id, 'closing');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 2);
  await noticesIn(id, 'over');

  const [opened, settled] = mailsTo('ada');
  const { parsed } = opened ?? {};
  expect(parsed?.from?.text).toBe('"Landfall" <landfall@contoso.example>');
  expect(parsed?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(parsed?.text).toContain(`${PUBLIC_URL}/console/matters/${matter.id}`);
  expect(parsed?.text).toContain('What to do: ');
  expect(parsed?.text).toContain(`${PUBLIC_URL}/docs/incidents#usage-mismatch`);
  expect(parsed?.text).toMatch(/Due: 24 December 2026/);
  expect(opened?.html).toContain(`href="${PUBLIC_URL}/console/matters/${matter.id}"`);
  expect(settled?.parsed.subject).toBe(`Settled: ${parsed?.subject}`);
});

test.each([
  [undefined, 'Causes and fixes'],
  ['de', 'Ursachen und Abhilfe'],
  ['fr', 'Causes et remèdes'],
  ['es', 'Causas y soluciones'],
  ['nl', 'Oorzaken en oplossingen'],
  ['ja', '原因と対処'],
] as const)(
  'the mail about an alert links to its incident page, and the mail about its end does not (%s)',
  async (language, label) => {
    const name = `alert-${language}`;
    const { id, offerId } = await destinationOf(fixture, { ...to(name), language });
    const matter = await openMatter(fixture, {
      offerId,
      kind: 'alert',
      subject: { type: 'alert', id: 'BuyersTurnedAway' },
    });
    await openedAndClosed(id, matter);

    const [opened, settled] = mailsTo(name);
    const page = `${PUBLIC_URL}/docs/incidents#buyers-turned-away`;
    expect(opened?.parsed.text).toContain(`${label}: ${page}\n`);
    expect(opened?.html).toContain(`href="${page}"`);
    expect(opened?.html).toContain(`>${label}</a>`);
    expect(settled?.parsed.text).toContain(matter.id);
    expect(settled?.html).not.toContain('/docs/incidents');
  },
);

test('matters that arise together are one message, the most urgent first', async () => {
  const { id, offerId } = await destinationOf(fixture, to('several'));
  await openMatter(fixture, { offerId });
  await openMatter(fixture, { offerId, severity: 'critical', kind: 'usage-refused' });
  await noticesIn(id, 'waiting', 2);
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 1);
  const [mail, ...others] = mailsTo('several');
  expect(others).toEqual([]);
  expect(mail?.parsed.subject).toMatch(/^2 notices: /);
  expect(mail?.parsed.text?.indexOf('[Critical]')).toBeLessThan(
    mail?.parsed.text?.indexOf('[Warning]') ?? 0,
  );
});

test('a matter that is over before its notice was sent is not sent', async () => {
  const { id, offerId } = await destinationOf(fixture, to('over'));
  const matter = await openMatter(fixture, { offerId });
  await noticesIn(id, 'waiting');
  await closeMatter(fixture, matter);
  await noticesIn(id, 'over');
  fixture.advance(HOUR_MS);
  // A later matter proves that the time of the first has passed.
  await openMatter(fixture, { offerId, kind: 'included-unknown' });
  await noticesIn(id, 'waiting');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 1);
  expect(mailsTo('over')).toHaveLength(1);
  expect(mailsTo('over')[0]?.parsed.text).not.toContain(matter.id);
});

test('a digest says that a matter opened and was settled in the meantime', async () => {
  const { id, offerId } = await destinationOf(fixture, { ...to('digest'), digest: 'hourly' });
  const matter = await openMatter(fixture, { offerId });
  await noticesIn(id, 'waiting');
  await closeMatter(fixture, matter);
  await until('the matter is over', async () => {
    const { rows } = await fixture.fixture.db.pool.query(
      'select closed_at from notices where destination_id = $1',
      [id],
    );
    return rows[0]?.closed_at !== null;
  });
  expect(mailsTo('digest')).toEqual([]);
  fixture.advance(HOUR_MS);
  await deliveriesWhen(fixture, id, 1);
  expect(mailsTo('digest')[0]?.parsed.text).toContain('This came up and was settled');
});

test('a matter that comes back within half an hour does not ring again, and later it does', async () => {
  const { id, offerId } = await destinationOf(fixture, to('again'));
  const same = { offerId, key: 'the-same' };
  const first = await openMatter(fixture, same);
  await openedAndClosed(id, first);

  await openMatter(fixture, same);
  await noticesIn(id, 'waiting');
  fixture.advance(10 * MINUTE_MS);
  await openMatter(fixture, { offerId, kind: 'included-unknown' });
  await noticesIn(id, 'waiting', 2);
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 3);
  expect(mailsTo('again')).toHaveLength(3);
  await noticesIn(id, 'waiting', 1);
  fixture.advance(30 * MINUTE_MS);
  await deliveriesWhen(fixture, id, 4);
});

test('a repeated fact sends nothing twice, and a matter that becomes critical is sent again', async () => {
  const { id, offerId } = await destinationOf(fixture, to('worse'));
  const matter = await openMatter(fixture, { offerId });
  await openMatter(fixture, matter);
  await noticesIn(id, 'waiting');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 1);
  await openMatter(fixture, matter);
  await openMatter(fixture, { ...matter, version: 2, severity: 'critical' });
  await noticesIn(id, 'waiting');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 2);
  expect(mailsTo('worse').map(({ parsed }) => parsed.subject?.startsWith('Critical: '))).toEqual([
    false,
    true,
  ]);
});

test('a digest is one message, which counts what it has no room for', async () => {
  const { id, offerId } = await destinationOf(fixture, { ...to('bad-day'), digest: 'daily' });
  const critical = { offerId, severity: 'critical', kind: 'usage-refused' } as const;
  for (let count = 0; count < 59; count += 1) await openMatter(fixture, { offerId });
  await openMatter(fixture, critical);
  await noticesIn(id, 'waiting', 60);
  fixture.advance(24 * HOUR_MS);
  await deliveriesWhen(fixture, id, 1);
  await noticesIn(id, 'sent', 60);
  const [mail, ...others] = mailsTo('bad-day');
  expect(others).toEqual([]);
  expect(mail?.parsed.subject).toMatch(/^60 notices: /);
  expect(mail?.parsed.text?.match(/\[Critical\]/g)).toHaveLength(1);
  expect(mail?.parsed.text).toContain('\n+ 10\n');
  expect(mail?.html).toContain('+ 10<');
});

test('what happened and nobody closed in a month is not called settled', async () => {
  const { id, offerId } = await destinationOf(fixture, to('expired'));
  const since = new Date(fixture.now().getTime() - 30 * 24 * HOUR_MS).toISOString();
  const expired = await openMatter(fixture, { offerId, kind: 'usage-mismatch', since });
  const compensated = await openMatter(fixture, { offerId, kind: 'refusal-overruled' });
  await noticesIn(id, 'waiting', 2);
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 1);
  await closeMatter(fixture, expired);
  await noticesIn(id, 'over');
  await closeMatter(fixture, compensated);
  await noticesIn(id, 'closing');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 2);
  const [, end] = mailsTo('expired');
  expect(end?.parsed.subject).toMatch(/^Settled: /);
  expect(end?.parsed.text).toContain(compensated.id);
  expect(end?.parsed.text).not.toContain(expired.id);
});

test('a matter whose end arrives before its beginning is not sent', async () => {
  const { id, offerId } = await destinationOf(fixture, to('overtaken'));
  const matter = { id: randomUUID(), offerId };
  await closeMatter(fixture, { ...matter, kind: 'usage-incident' });
  await until('the end was taken', async () => {
    const { rows } = await fixture.fixture.db.pool.query(
      'select from notices where subject_id = $1',
      [matter.id],
    );
    return rows.length === 1;
  });
  await openMatter(fixture, matter);
  await openMatter(fixture, { offerId, kind: 'included-unknown' });
  await noticesIn(id, 'waiting');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 1);
  expect(mailsTo('overtaken')[0]?.parsed.subject).not.toMatch(/notices/);
  expect(mailsTo('overtaken')[0]?.parsed.text).not.toContain(matter.id);
});

test('a matter that a person has closed is sent again when it becomes critical', async () => {
  const { id, offerId } = await destinationOf(fixture, to('closed-too-early'));
  const matter = await openMatter(fixture, { offerId });
  await openedAndClosed(id, matter, 'person');
  await noticesIn(id, 'over');
  await openMatter(fixture, { ...matter, version: 2, severity: 'critical' });
  await noticesIn(id, 'waiting');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 3);
  expect(mailsTo('closed-too-early')[2]?.parsed.subject).toMatch(/^Critical: /);
});

test('a matter that a person opens again is sent again, unless its end was not sent yet', async () => {
  const { id, offerId } = await destinationOf(fixture, to('reopened'));
  const matter = await openMatter(fixture, { offerId });
  const reopened = { ...matter, reopenedAt: matter.openedAt };
  await noticesIn(id, 'waiting');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 1);
  await closeMatter(fixture, matter, 'person');
  await noticesIn(id, 'closing');
  await openMatter(fixture, reopened);
  await noticesIn(id, 'sent');
  await closeMatter(fixture, matter, 'person');
  await noticesIn(id, 'closing');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 2);
  await noticesIn(id, 'over');
  await openMatter(fixture, reopened);
  await noticesIn(id, 'waiting');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 3);
  const [first, end, again] = mailsTo('reopened').map(({ parsed }) => parsed.subject);
  expect(end).toBe(`Settled: ${first}`);
  expect(again).toBe(first);
});

test('filters of kind, severity, offer and publisher choose the destinations', async () => {
  const { offerId, id } = await destinationOf(fixture, to('all'));
  const offerIds = [offerId];
  await destinationOf(fixture, { ...to('kind'), offerIds, matterKinds: ['usage-refused'] });
  await destinationOf(fixture, { ...to('critical'), offerIds, severities: ['critical'] });
  await destinationOf(fixture, { ...to('none'), offerIds, matterKinds: [] });
  await destinationOf(fixture, { ...to('offer') });
  await destinationOf(fixture, { ...to('fabrikam'), offerIds, publisherId: 'fabrikam' });
  await openMatter(fixture, { offerId });
  await noticesIn(id, 'waiting');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 1);
  const sent = ['all', 'kind', 'critical', 'none', 'offer', 'fabrikam'].filter(
    (name) => mailsTo(name).length > 0,
  );
  expect(sent).toEqual(['all']);
});

test('an event with a type that the destination names is sent without people', async () => {
  const types = ['subscription.unsubscribed' as const];
  const { id, offerId } = await destinationOf(fixture, { ...to('events'), types });
  const subscriptionId = await fixture.recordFact('unsubscribed', { offerId });
  await fixture.recordFact('renewed', { offerId });
  await noticesIn(id, 'waiting');
  fixture.advance(MINUTE_MS);
  const [delivery] = await deliveriesWhen(fixture, id, 1);
  const [mail] = mailsTo('events');
  expect(mail?.parsed.subject).toBe('Event: subscription.unsubscribed');
  expect(mail?.parsed.text).toContain(`${PUBLIC_URL}/console/subscriptions/${subscriptionId}`);
  expect(mail?.parsed.text).not.toContain('ada@fabrikam.example');

  const shown = await fixture.client.deliveries.get.query({ deliveryId: delivery?.id ?? '' });
  expect(shown).toMatchObject({
    channel: 'mail',
    recipient: 'events@contoso.example',
    type: 'notice',
    message: { subject: 'Event: subscription.unsubscribed', language: 'en' },
    history: [{ status: 250 }],
  });
});

test('notices speak the language of the destination', async () => {
  const { id, offerId } = await destinationOf(fixture, {
    ...to('tokyo'),
    language: 'ja',
    timeZone: 'Asia/Tokyo',
  });
  await openMatter(fixture, { offerId, severity: 'critical' });
  await noticesIn(id, 'waiting');
  fixture.advance(MINUTE_MS);
  await deliveriesWhen(fixture, id, 1);
  const [mail] = mailsTo('tokyo');
  expect(mail?.parsed.subject).toMatch(/^重大: /);
  expect(mail?.parsed.headers.get('content-language')).toBe('ja');
});

test('notices of a disabled destination wait until it is enabled, and come as one message', async () => {
  const { id, offerId } = await destinationOf(fixture, to('paused'));
  const { destinations } = fixture.client;
  await destinations.disable.mutate({ destinationId: id });
  const first = await openMatter(fixture, { offerId });
  await openMatter(fixture, { offerId });
  await noticesIn(id, 'waiting', 2);
  await closeMatter(fixture, first);
  await noticesIn(id, 'waiting', 1);
  fixture.advance(HOUR_MS);
  await destinations.enable.mutate({ destinationId: id });
  await deliveriesWhen(fixture, id, 1);
  expect(mailsTo('paused')).toHaveLength(1);
});
