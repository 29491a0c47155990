import { createTransport, type SendMailOptions } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

const MAIL: SendMailOptions = {
  from: { name: 'Landfall', address: 'landfall@contoso.example' },
  to: 'ada@fabrikam.example',
  subject: '購入 – your purchase',
  text: 'Thank you.',
  html: '<p style="color:teal">Thank <b>you</b>.</p>',
  headers: { 'Auto-Submitted': 'auto-generated' },
};

/** Sends over its own connection; null, or the code of the refusal. */
async function send(mail: SendMailOptions = MAIL): Promise<number | null> {
  const transport = createTransport(`${fixture.emulator.smtpUrl}?ignoreTLS=true`);
  try {
    await transport.sendMail(mail);
    return null;
  } catch (error: unknown) {
    return (error as { responseCode: number }).responseCode;
  } finally {
    transport.close();
  }
}

test('a mail that is sent is listed with its recipients and can be read in full', async () => {
  const { mails } = fixture.emulator.control;
  expect(await send({ ...MAIL, bcc: 'otto@contoso.example' })).toBeNull();
  expect(await send({ ...MAIL, subject: 'Later' })).toBeNull();
  const [later, first] = await mails.list();
  expect(later?.subject).toBe('Later');
  expect(first).toMatchObject({
    from: '"Landfall" <landfall@contoso.example>',
    to: ['ada@fabrikam.example', 'otto@contoso.example'],
    subject: '購入 – your purchase',
  });
  const mail = await mails.get(first?.id ?? '');
  expect(mail.text?.trim()).toBe('Thank you.');
  expect(mail.html).toBe(MAIL.html);
  expect(mail.headers).toContainEqual(['Auto-Submitted', 'auto-generated']);
  await mails.clear();
  expect(await mails.list()).toEqual([]);
  await expect(mails.get(mail.id)).rejects.toMatchObject({ status: 404 });
});

test('inline images are part of the mail, and attachments are listed', async () => {
  await send({
    ...MAIL,
    html: '<img src="cid:logo" alt="">',
    attachments: [
      { cid: 'logo', filename: 'logo.png', content: Buffer.from('png'), contentType: 'image/png' },
      { filename: 'invoice.csv', content: 'a,b', contentType: 'text/csv' },
    ],
  });
  const [summary] = await fixture.emulator.control.mails.list();
  const mail = await fixture.emulator.control.mails.get(summary?.id ?? '');
  expect(mail.html).toContain('data:image/png;base64,');
  expect(mail.attachments).toContainEqual({ name: 'invoice.csv', type: 'text/csv', sizeBytes: 3 });
});

test('the mail server refuses recipients and connections as the faults say', async () => {
  const { control } = fixture.emulator;
  await control.runPreset('mail-refused');
  expect(await send()).toBe(550);
  expect(await send()).toBeNull();

  await control.addFault({
    endpoint: 'mail',
    refuse: 'recipient',
    recipient: 'Ben@fabrikam.example',
  });
  expect(await send()).toBeNull();
  expect(await send({ ...MAIL, to: 'ben@fabrikam.example' })).toBe(550);

  await control.runPreset('mail-later');
  expect(await send()).toBe(451);
  await control.runPreset('mail-away');
  expect(await send()).toBe(421);
  await control.advance(5 * 60_000);
  expect(await send()).toBeNull();
  expect(await control.mails.list()).toHaveLength(3);
  expect((await control.activeFaults()).map(({ text }) => text)).toEqual([
    'Every recipient is refused with 550: the mailbox does not exist. Only for ben@fabrikam.example.',
  ]);
});

test('a reset empties the mailbox', async () => {
  await send();
  await fixture.emulator.control.reset();
  expect(await fixture.emulator.control.mails.list()).toEqual([]);
});
