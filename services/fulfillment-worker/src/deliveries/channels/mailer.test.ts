import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMailServer, type MailServer } from '../../../test/mail-server.ts';
import { openMailer, type Mailer } from './mailer.ts';
import type { MailSettings } from './mail-settings.ts';

let server: MailServer;
let mailer: Mailer;
beforeEach(async () => {
  server = await openMailServer();
  mailer = mailerTo({});
});
afterEach(async () => {
  await mailer[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

function mailerTo(changes: Partial<MailSettings>): Mailer {
  return openMailer({
    host: '127.0.0.1',
    port: server.port,
    isTls: false,
    isLocal: true,
    auth: undefined,
    from: { name: 'Landfall', address: 'landfall@contoso.example' },
    replyTo: 'ops@contoso.example',
    ...changes,
  });
}

const mail = {
  id: 'b1f6',
  to: 'ada@contoso.example',
  subject: 'Überfällig',
  text: 'plain',
  html: '<p>rich</p>',
  language: 'de',
  unsubscribeUrl: 'https://landfall.contoso.example/console/destinations/1',
};

const send = (changes: Partial<typeof mail> = {}, timeoutMs = 20_000) =>
  mailer.send({ ...mail, ...changes }, AbortSignal.timeout(timeoutMs));

test('a mail has a stable id, says that a machine wrote it, and how to end it', async () => {
  expect(await send()).toMatchObject({ status: 250 });
  expect(await send()).toMatchObject({ status: 250 });
  const [first, second] = server.arrived.map(({ parsed }) => parsed);
  expect(first).toMatchObject({ messageId: '<b1f6@contoso.example>', subject: 'Überfällig' });
  expect(second?.messageId).toBe(first?.messageId);
  expect(first?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(first?.replyTo?.text).toBe('ops@contoso.example');
  expect(first?.headers.get('list')).toMatchObject({ unsubscribe: { url: mail.unsubscribeUrl } });
  expect(first?.text?.trim()).toBe('plain');
});

test('a recipient that the server refuses for good is a bounce of this delivery only', async () => {
  server.recipient = () => ({ code: 550, text: '5.1.1 no such user ada@contoso.example' });
  expect(await send()).toEqual({
    status: 550,
    answerCode: '5.1.1',
    failure: 'refused-recipient',
    retry: 'never',
    concerns: 'delivery',
  });
});

test('a greylisted recipient is tried again later', async () => {
  server.recipient = () => ({ code: 451, text: '4.7.1 greylisted' });
  const answer = await send();
  expect(answer).toEqual({
    status: 451,
    answerCode: '4.7.1',
    failure: 'recipient-later',
    concerns: 'delivery',
  });
  server.recipient = () => undefined;
  expect(await send()).toMatchObject({ status: 250 });
});

test('content that the server refuses for good is never sent again', async () => {
  server.content = { code: 554, text: '5.6.0 spam' };
  expect(await send()).toMatchObject({ failure: 'refused-message', retry: 'never', status: 554 });
  server.content = { code: 452, text: '4.2.2 over quota' };
  const later = await send();
  expect(later).toMatchObject({ failure: 'server-later', status: 452 });
  expect(later.retry).toBeUndefined();
});

test('a wrong password is the fault of the destination, not of the mail', async () => {
  server.password = 'right';
  await mailer[Symbol.asyncDispose]();
  mailer = mailerTo({ auth: { user: 'landfall', pass: 'wrong' } });
  const answer = await send();
  expect(answer).toMatchObject({ failure: 'sign-in-refused', status: 535 });
  expect(answer.retry).toBeUndefined();
  expect(answer.concerns).toBeUndefined();
  expect(await mailer.verify()).toMatchObject({ failure: 'sign-in-refused' });
});

test('a connection that breaks off after the content is tried again, and not by the library', async () => {
  server.content = 'drop';
  expect(await send()).toEqual({ failure: 'connection' });
  expect(server.arrived).toHaveLength(1);
  server.content = 'accept';
  expect(await send()).toMatchObject({ status: 250 });
  expect(server.arrived).toHaveLength(2);
});

test('a server that hangs ends with the attempt, and sends nothing afterwards', async () => {
  server.content = 'hang';
  const hanging = Array.from({ length: 8 }, (_, index) =>
    send({ to: `${index}@contoso.example` }, 1_000),
  );
  expect(await Promise.all(hanging)).toEqual(hanging.map(() => ({ failure: 'timeout' })));
  const arrivedThen = server.arrived.length;
  server.content = 'accept';
  expect(await send({ to: 'later@contoso.example' })).toMatchObject({ status: 250 });
  expect(server.arrived.slice(arrivedThen).map(({ to }) => to)).toEqual([
    ['later@contoso.example'],
  ]);
});

test('without TLS nothing is sent to another machine', async () => {
  await mailer[Symbol.asyncDispose]();
  mailer = mailerTo({ isLocal: false });
  expect(await send()).toMatchObject({ failure: 'tls' });
  expect(server.arrived).toEqual([]);
});

test('a server that is not there is refused', async () => {
  await mailer[Symbol.asyncDispose]();
  mailer = mailerTo({ port: 9 });
  expect(await send()).toEqual({ failure: 'refused' });
});
