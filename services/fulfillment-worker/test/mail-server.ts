import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** What a mail server says to a recipient or a mail: nothing, if it accepts. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

export interface CaughtMail {
  readonly to: readonly string[];
  readonly parsed: ParsedMail;
  readonly html: string;
}

/** A real SMTP server whose answers the test sets. */
export interface MailServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Mails whose content arrived, accepted or not. */
  readonly arrived: readonly CaughtMail[];
  /** Connections so far. */
  readonly connections: number;
  recipient: (address: string) => Refusal | undefined;
  /** After the content of a mail: `hang` answers nothing, `drop` breaks off. */
  content: 'accept' | 'hang' | 'drop' | Refusal;
  /** Accepts connections and says nothing, not even a greeting. */
  isSilent: boolean;
  password: string | undefined;
}

export async function openMailServer(): Promise<MailServer> {
  const arrived: CaughtMail[] = [];
  const sockets = new Set<Socket>();
  const silent = new Set<() => void>();
  const behaviour: Pick<MailServer, 'recipient' | 'content' | 'isSilent' | 'password'> = {
    recipient: () => undefined,
    content: 'accept',
    isSilent: false,
    password: undefined,
  };
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect(_session, done) {
      connections += 1;
      if (behaviour.isSilent) silent.add(done);
      else done();
    },
    onAuth({ password, username }, _session, done) {
      if (password === behaviour.password) done(null, { user: username ?? '' });
      else done(new Error('5.7.8 wrong password'));
    },
    onRcptTo({ address }, _session, done) {
      done(asError(behaviour.recipient(address)));
    },
    onData(stream, session, done) {
      const take = async () => {
        const raw = await buffer(stream);
        const parsed = await simpleParser(raw);
        const to = session.envelope.rcptTo.map(({ address }) => address);
        arrived.push({ to, parsed, html: parsed.html || '' });
        const { content } = behaviour;
        if (content === 'hang') return;
        if (content === 'drop') for (const socket of sockets) socket.destroy();
        else done(content === 'accept' ? null : asError(content));
      };
      // A client that hangs up in the middle of a mail is not an error of ours.
      take().catch((error: Error) => done(error));
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return Object.assign(behaviour, {
    url: `smtp://127.0.0.1:${port}`,
    port,
    arrived,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(resolve));
    },
  });
}

function asError(refusal: Refusal | undefined): (Error & { responseCode: number }) | null {
  return refusal ? Object.assign(new Error(refusal.text), { responseCode: refusal.code }) : null;
}
