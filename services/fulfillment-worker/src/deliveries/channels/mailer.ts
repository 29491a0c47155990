import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Answer, AttemptFailure } from './channel.ts';
import type { MailSettings } from './mail-settings.ts';

/** Connections of this process. Mail servers allow few for each client; further mails wait until one is free. */
const CONNECTIONS = 4;
/**
 * The library sends a mail once more by itself, if an idle connection turns out to be closed before a byte of the mail was sent.
 */
const REQUEUES = 1;
/** A server that hangs is left within an attempt, and the attempt within its lease. */
const CONNECT_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 20_000;
/** Servers close connections after some hundred mails, or count them as abuse. */
const MAILS_PER_CONNECTION = 100;

/** A mail to one person. */
export interface Mail {
  /** The part of the Message-ID before the domain. Every attempt has the same. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly language: string;
  /** Where people end these mails; for `List-Unsubscribe`. */
  readonly unsubscribeUrl?: string | undefined;
  /** Instead of the installation's sender name and reply address. */
  readonly fromName?: string | undefined;
  readonly replyTo?: string | undefined;
}

export interface Mailer extends AsyncDisposable {
  readonly from: string;
  /** Never throws. */
  send(mail: Mail, signal: AbortSignal): Promise<Answer>;
  /** Connects and signs in. */
  verify(): Promise<Answer>;
}

/** Sends mails through the operator's SMTP server. */
export function openMailer(settings: MailSettings): Mailer {
  const { host, port, isTls, isLocal, auth, from, replyTo } = settings;
  const transport = createTransport({
    host,
    port,
    secure: isTls,
    // A password and the text of a mail cross a network only encrypted.
    requireTLS: !isTls && !isLocal,
    ignoreTLS: isLocal,
    ...(auth && { auth }),
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: MAILS_PER_CONNECTION,
    maxRequeues: REQUEUES,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // Errors of idle connections. An attempt gets its own error.
  transport.on('error', () => undefined);
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);

  return {
    from: from.address,
    async send(mail, signal) {
      if (!mail.to.includes('@'))
        return { failure: 'refused-recipient', retry: 'never', concerns: 'delivery' };
      const name = mail.fromName ?? from.name;
      const options: SendMailOptions = {
        from: { name, address: from.address },
        to: { name: '', address: mail.to },
        replyTo: mail.replyTo ?? replyTo,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: `<${mail.id}@${domain}>`,
        headers: {
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
          'Content-Language': mail.language,
        },
        ...(mail.unsubscribeUrl !== undefined && {
          list: { unsubscribe: { url: mail.unsubscribeUrl } },
        }),
      };
      // The signal ends the mail's connection, or its waiting for one, so nothing is sent after the attempt.
      return await transport
        .sendMail({ ...options, signal })
        .then(({ response }): Answer => acceptedBy(response), answerOf);
    },
    verify: async () => await transport.verify().then((): Answer => ({}), answerOf),
    async [Symbol.asyncDispose]() {
      transport.close({ force: true });
    },
  };
}

function acceptedBy(response: string): Answer {
  const status = Number(response.slice(0, 3));
  return { ...(status > 0 && { status }), answerCode: enhancedCode(response) };
}

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
  readonly message?: string;
}

/** What an error of the library means for the delivery. */
export function answerOf(error: unknown): Answer {
  const { code, responseCode: status, response, command, message } = (error ?? {}) as SmtpError;
  const answerCode = enhancedCode(response);
  const said = { ...(status !== undefined && { status }), answerCode };
  const isFinal = status !== undefined && status >= 500;
  if (code === 'EAUTH' || code === 'ENOAUTH') return { ...said, failure: 'sign-in-refused' };
  if (code === 'ETLS' || code === 'EREQUIRETLS') return { ...said, failure: 'tls' };
  if (command === 'RCPT TO') {
    return isFinal
      ? { ...said, failure: 'refused-recipient', retry: 'never', concerns: 'delivery' }
      : { ...said, failure: 'recipient-later', concerns: 'delivery' };
  }
  // A wrong sender or a missing sign-in is put right by the operator, and then the mail is sent.
  if (command === 'MAIL FROM' && isFinal) return { ...said, failure: 'refused-sender' };
  if (code === 'EMESSAGE' && isFinal) {
    return { ...said, failure: 'refused-message', retry: 'never', concerns: 'delivery' };
  }
  if (status !== undefined) return { ...said, failure: 'server-later' };
  return { failure: connectionFailure(code, message) };
}

function connectionFailure(code: string | undefined, message: string | undefined): AttemptFailure {
  if (code === 'ETIMEDOUT' || code === 'EABORT') return 'timeout';
  if (code === 'EDNS') return 'name-unresolved';
  // The library replaces Node's code by its own, but keeps the message.
  if (/ECONNREFUSED/.test(message ?? '')) return 'refused';
  if (/certificate|altname/i.test(message ?? '')) return 'certificate';
  return 'connection';
}

/** RFC 3463: `5.1.1` in `550 5.1.1 no such user`. The rest of the line may name people. */
function enhancedCode(response: string | undefined): string | undefined {
  return /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1];
}
