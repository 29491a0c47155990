import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { openDeliveryFixture, type DeliveryFixture } from './deliveries-fixture.ts';
import { openMailServer, type MailServer } from './mail-server.ts';
import {
  deliveriesWhen,
  destinationOf,
  MAIL_FROM,
  openMatter,
  PUBLIC_URL,
} from './notices-fixture.ts';
import { openReceiver } from './receiver.ts';

const MINUTE_MS = 60_000;

let fixture: DeliveryFixture;
let server: MailServer;
const withMail = () => ({ SMTP_URL: server.url, MAIL_FROM, PUBLIC_URL });
beforeAll(async () => {
  fixture = await openDeliveryFixture('stopped');
  server = await openMailServer();
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const SLACK_URL = 'https://hooks.slack.com/services/T000/B000/secret';
const TEAMS_URL =
  'https://prod-1.westeurope.logic.azure.com/workflows/x/triggers/manual/paths/invoke?sig=secret';

type Settings = Parameters<DeliveryFixture['client']['destinations']['create']['mutate']>[0];

const create = (settings: Partial<Settings>) =>
  fixture.client.destinations.create.mutate({ label: 'Test', ...settings });

/** What the emulator's chat received for this name. */
const chatOf = async (name: string) =>
  (await fixture.fixture.control.chat.list()).filter(({ channel }) => channel === name);

const chatUrl = (service: 'teams' | 'slack', name: string) =>
  new URL(`/chat/${service}/${name}`, fixture.fixture.emulator.marketplaceBaseUrl).href;

const expireLeases = () =>
  fixture.fixture.db.pool.query(`update deliveries set lease_until = now() - interval '1 ms'`);

/** Opens a matter for each destination, and sends the messages about them on their way. */
async function tell(
  ...destinations: readonly { readonly id: string; readonly offerId: string }[]
): Promise<void> {
  for (const { offerId } of destinations) await openMatter(fixture, { offerId });
  await until('the worker knows the matters', async () => {
    const { rows } = await fixture.fixture.db.pool.query(
      `select 1 from notices where destination_id = any($1) and state = 'waiting'`,
      [destinations.map(({ id }) => id)],
    );
    return rows.length === destinations.length;
  });
  fixture.advance(MINUTE_MS);
}

test('without a mail server a mail destination is refused with what to set', async () => {
  await using _worker = await fixture.boot();
  await expect(
    create({ channel: 'mail', recipients: ['ada@contoso.example'] }),
  ).rejects.toMatchObject({
    message: expect.stringMatching(/Set SMTP_URL and MAIL_FROM/) as string,
    data: { rejection: 'destination.mail-not-configured' },
  });
  const { items } = await fixture.client.destinations.channels.query({});
  expect(items.find(({ channel }) => channel === 'mail')?.isReady).toBe(false);
});

describe('with a mail server', () => {
  beforeAll(async () => void (await fixture.boot(withMail())));

  test.each([
    [{ channel: 'mail' as const }, 'at least one address'],
    [{ channel: 'mail' as const, recipients: ['a@contoso.example'], url: SLACK_URL }, 'has no URL'],
    [{ channel: 'teams' as const }, 'When a Teams webhook request is received'],
    [{ channel: 'slack' as const }, 'incoming webhook'],
    [{ channel: 'slack' as const, url: SLACK_URL, isOrdered: true }, 'cannot be ordered'],
    [{ url: 'https://contoso.example/in', matterKinds: 'all' as const }, 'by mail, Teams or Slack'],
    [{ url: 'https://contoso.example/in', digest: 'daily' as const }, 'as they happen'],
    [{}, 'needs a URL'],
  ])('%o is refused', async (settings, sentence) => {
    await expect(create(settings)).rejects.toMatchObject({
      message: expect.stringContaining(sentence) as string,
      data: { rejection: 'destination.settings-refused' },
    });
  });

  test('the URL of a retired connector is refused, and one of another host is a warning', async () => {
    const url = 'https://contoso.webhook.office.com/webhookb2/x';
    await expect(create({ channel: 'teams', url })).rejects.toMatchObject({
      message: expect.stringContaining('Workflow') as string,
      data: { rejection: 'destination.url-refused' },
    });
    const other = await create({ channel: 'slack', url: 'https://chat.contoso.example/hooks/x' });
    expect(other.warnings?.[0]).toContain('not the usual host');
  });

  test('the URL of a chat is a secret: no answer shows it, and a new one replaces it', async () => {
    for (const [channel, url] of [
      ['slack', SLACK_URL],
      ['teams', TEAMS_URL],
    ] as const) {
      const created = await create({ channel, url });
      const { id: destinationId } = created.destination;
      expect(created).toMatchObject({ secret: '' });
      expect(created.warnings).toBeUndefined();
      const renewed = await fixture.client.destinations.update.mutate({
        destinationId,
        url: `${url}2`,
      });
      const listed = await fixture.client.destinations.list.query({ channel, limit: 200 });
      expect(JSON.stringify([created, renewed, listed])).not.toContain('secret2');
      expect(JSON.stringify([created, renewed, listed])).not.toMatch(/sig=|B000/);
      await expect(
        fixture.client.destinations.rotateSecret.mutate({ destinationId }),
      ).rejects.toMatchObject({ data: { rejection: 'destination.without-secret' } });
    }
  });

  test('a ping is a test message in each channel', async () => {
    const teams = await create({ channel: 'teams', url: chatUrl('teams', 'ping') });
    const slack = await create({ channel: 'slack', url: chatUrl('slack', 'ping') });
    const mail = await create({ channel: 'mail', recipients: ['ping@contoso.example'] });
    for (const { destination } of [teams, slack, mail]) {
      await fixture.client.destinations.ping.mutate({ destinationId: destination.id });
      const [sent] = await deliveriesWhen(fixture, destination.id, 1);
      expect(sent).toMatchObject({ type: 'ping', state: 'delivered' });
    }
    const messages = await chatOf('ping');
    expect(messages.map(({ service }) => service).toSorted()).toEqual(['slack', 'teams']);
    expect(messages.flatMap(({ problems }) => problems)).toEqual([]);
    expect(server.arrived.at(-1)?.parsed.subject).toBe('Test message from Landfall');
  });

  test.each(['teams', 'slack'] as const)('%s gets a matter as it can show it', async (channel) => {
    const name = `matter-${channel}`;
    const destination = await destinationOf(fixture, { channel, url: chatUrl(channel, name) });
    await tell(destination);
    await deliveriesWhen(fixture, destination.id, 1);
    const [message] = await chatOf(name);
    expect(message?.problems).toEqual([]);
    const links = message?.parts.filter(({ kind }) => kind === 'link');
    expect(links).toMatchObject([
      { text: 'Open in Landfall', url: expect.stringMatching(`^${PUBLIC_URL}/console/matters/`) },
      { text: 'Causes and fixes', url: `${PUBLIC_URL}/docs/incidents#usage-mismatch` },
    ]);
  });

  test('a recipient that is refused is a dead delivery, and the others get their mail', async () => {
    server.recipient = (address) =>
      address.startsWith('gone@') ? { code: 550, text: '5.1.1 no such user' } : undefined;
    const recipients = ['gone@contoso.example', 'here@contoso.example'];
    const destination = await destinationOf(fixture, { channel: 'mail', recipients });
    await tell(destination);
    const all = await deliveriesWhen(fixture, destination.id, 2);
    const states = Object.fromEntries(all.map(({ recipient, state }) => [recipient, state]));
    expect(states).toEqual({ 'gone@contoso.example': 'dead', 'here@contoso.example': 'delivered' });
    const dead = all.find(({ state }) => state === 'dead');
    const { history } = await fixture.client.deliveries.get.query({ deliveryId: dead?.id ?? '' });
    expect(history).toMatchObject([
      { failure: 'refused-recipient', status: 550, answerCode: '5.1.1' },
    ]);
    const { items } = await fixture.client.destinations.list.query({ limit: 200 });
    expect(items.find(({ id }) => id === destination.id)?.failingSince).toBeUndefined();
    server.recipient = () => undefined;
  });

  test('a mail server that hangs delays no event to the product', async () => {
    server.content = 'hang';
    // More than the places that a publisher has for one channel.
    const recipients = Array.from({ length: 20 }, (_, index) => `slow${index}@contoso.example`);
    const slow = await Promise.all(
      Array.from({ length: 6 }, () => destinationOf(fixture, { channel: 'mail', recipients })),
    );
    const offerId = `offer-${randomUUID()}`;
    const { receiver } = await fixture.destination({ offerIds: [offerId] });
    await tell(...slow);
    await until('the mails are under way', async () => {
      const { rows } = await fixture.fixture.db.pool.query(
        `select count(*)::int as count from deliveries where channel = 'mail' and lease_until > now()`,
      );
      // As many as the worker sends at the same time for one publisher.
      return rows[0].count >= 32;
    });

    for (let count = 0; count < 20; count += 1) await fixture.recordFact('renewed', { offerId });
    await until('the events have arrived', () => receiver.receipts.length === 20);
    const { rows } = await fixture.fixture.db.pool.query(
      `select count(*)::int as count from deliveries where channel = 'mail' and attempts > 0
        and destination_id = any($1)`,
      [slow.map(({ id }) => id)],
    );
    // An attempt to send a mail waits for twenty seconds. None has ended meanwhile.
    expect(rows[0].count).toBe(0);
    server.content = 'accept';
    for (const { id: destinationId } of slow) {
      await fixture.client.destinations.remove.mutate({ destinationId, dryRun: false });
    }
  });

  test('a mail that was accepted while the database was away is not sent again', async () => {
    const { pool } = fixture.fixture.db;
    const destination = await destinationOf(fixture, {
      channel: 'mail',
      recipients: ['once@contoso.example'],
    });
    await pool.query(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'away'; end $$`);
    await pool.query(
      'create trigger away before insert on delivery_attempts for each row execute function refuse()',
    );
    const mails = () =>
      server.arrived.filter(({ to: [address] }) => address === 'once@contoso.example');
    await tell(destination);
    await until('the mail was accepted', () => mails().length === 1);
    await pool.query('drop trigger away on delivery_attempts');
    await until('the delivery is saved', async () => {
      await expireLeases();
      const [only] = await fixture.deliveriesOf(destination.id);
      return only?.state === 'delivered';
    });
    expect(mails()).toHaveLength(1);
  });

  test('a mail whose acceptance nobody saved comes again with the same id', async () => {
    const destination = await destinationOf(fixture, {
      channel: 'mail',
      recipients: ['twice@contoso.example'],
    });
    const mails = () =>
      server.arrived.filter(({ to: [address] }) => address === 'twice@contoso.example');
    server.content = 'hang';
    await tell(destination);
    await until('the mail has arrived', () => mails().length === 1);
    server.content = 'accept';
    await expireLeases();
    await deliveriesWhen(fixture, destination.id, 1);
    const ids = mails().map(({ parsed }) => parsed.messageId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('a Slack webhook that was deleted disables its destination, and a new URL sends what waited', async () => {
    await using receiver = await openReceiver();
    receiver.reply = () => ({ status: 404, body: 'no_service' });
    const destination = await destinationOf(fixture, { channel: 'slack', url: receiver.url });
    const destinationId = destination.id;
    await tell(destination);
    await until('the destination is disabled', async () => {
      const { items } = await fixture.client.destinations.list.query({ limit: 200 });
      return items.find(({ id }) => id === destinationId)?.disabledBecause === 'gone';
    });
    expect(await fixture.deliveriesOf(destinationId)).toMatchObject([{ state: 'waiting' }]);

    const url = chatUrl('slack', 'renewed');
    await fixture.client.destinations.update.mutate({ destinationId, url });
    await fixture.client.destinations.enable.mutate({ destinationId });
    await deliveriesWhen(fixture, destinationId, 1);
    expect(await chatOf('renewed')).toHaveLength(1);
  });
});
