import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { takeMailFault, type MailRefusal } from '../market/faults.ts';
import type { Market } from '../market/market.ts';
import type { Mail, Mailbox } from './mailbox.ts';

export interface MailCatcher extends AsyncDisposable {
  /** `smtp://127.0.0.1:<port>`, without TLS or a password. */
  readonly url: string;
}

/** Larger than any mail of ours. What is larger gets 552, as at a real server. */
const SIZE_MAX_BYTES = 10 * 1024 * 1024;

/** Clients keep idle connections open. Closing does not wait for them. */
const CLOSE_MS = 100;

/** What a mail server answers. Clients retry after 4xx and give up after 5xx. */
const REFUSALS: Readonly<Record<MailRefusal, { readonly code: number; readonly text: string }>> = {
  recipient: { code: 550, text: '5.1.1 The mailbox does not exist.' },
  greylist: { code: 451, text: '4.7.1 Greylisted. Try again later.' },
  away: { code: 421, text: '4.3.2 The service is not available. Try again later.' },
};

/** Listens for mails on this machine only and keeps them; nothing is sent on. */
export async function startMailCatcher(
  market: Market,
  mailbox: Mailbox,
  at: { readonly host: string; readonly port: number },
): Promise<MailCatcher> {
  const refusal = (moment: 'connection' | 'recipient', recipient?: string): Error | undefined => {
    const fault = takeMailFault(market.state.faults, {
      moment,
      recipient,
      now: market.clock.now(),
    });
    if (fault === undefined) return undefined;
    market.changed();
    const { code, text } = REFUSALS[fault.refuse];
    return Object.assign(new Error(text), { responseCode: code });
  };
  const server = new SMTPServer({
    name: 'mail.local.example',
    banner: 'Local marketplace, mails stay on this machine',
    authOptional: true,
    // Programs that are given a password may use it. Every one is right.
    onAuth: ({ username }, _session, done) => done(null, { user: username ?? '' }),
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: SIZE_MAX_BYTES,
    closeTimeout: CLOSE_MS,
    onConnect: (_session, done) => done(refusal('connection')),
    onRcptTo: ({ address }, _session, done) => done(refusal('recipient', address)),
    onData: (stream, session, done) => {
      read(stream, session).then(
        (mail) => done(null, `queued as ${mailbox.add(mail).id}`),
        (error: unknown) => done(error instanceof Error ? error : new Error('unreadable')),
      );
    },
  });
  // A client that hangs up in the middle of a command is not our error.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const { address, family, port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

let parser: Promise<{ simpleParser: typeof simpleParser }> | undefined;

/** Most emulators never get a mail, and the parser takes a while to load. */
function loadParser(): Promise<{ simpleParser: typeof simpleParser }> {
  parser ??= import('mailparser');
  return parser;
}

async function read(stream: Readable, { envelope }: SMTPServerSession): Promise<Omit<Mail, 'id'>> {
  const raw = await buffer(stream);
  const { simpleParser: parse } = await loadParser();
  // Leave the HTML as it was sent, without made-up parts; only inline images become data URLs.
  const parsed = await parse(raw, { skipHtmlToText: true, skipTextToHtml: true });
  return {
    at: new Date().toISOString(),
    from: parsed.from?.text ?? (envelope.mailFrom ? envelope.mailFrom.address : ''),
    to: envelope.rcptTo.map(({ address }) => address),
    subject: parsed.subject ?? '',
    sizeBytes: raw.byteLength,
    text: parsed.text ?? null,
    html: parsed.html || null,
    headers: parsed.headerLines.map(({ line }) => splitHeader(line)),
    attachments: parsed.attachments.map(({ filename, contentType, size }) => ({
      name: filename ?? 'without a name',
      type: contentType,
      sizeBytes: size,
    })),
  };
}

function splitHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [
    line.slice(0, colon),
    line
      .slice(colon + 1)
      .replaceAll(/\r?\n\s+/g, ' ')
      .trim(),
  ];
}
