import { z } from 'zod';
import { isLoopbackHost } from '@landfall/domain/loopback';
import { secretUrl } from '@landfall/service-kit/config';

const address = z.email();

/** `Landfall <landfall@contoso.com>`, or only the address. */
const mailbox = z
  .string()
  .transform((text) => parseMailbox(text))
  .refine((parsed) => address.safeParse(parsed.address).success, {
    error: 'set an address such as landfall@contoso.com or Landfall <landfall@contoso.com>',
  });

/** Environment variables of outgoing mail. Spread them into the service's `z.object`. */
export const mailShape = {
  SMTP_URL: secretUrl(['smtp:', 'smtps:'])
    .optional()
    .describe(
      'the mail server, such as smtp://user:…@smtp.contoso.com:587 (STARTTLS is required unless it is on this machine) or smtps://…:465; absent: no mail',
    ),
  MAIL_FROM: mailbox
    .optional()
    .describe(
      'the sender of mails, such as Landfall <landfall@contoso.com>; required with SMTP_URL',
    ),
  MAIL_REPLY_TO: z.email().optional().describe('where answers to mails go; absent: to MAIL_FROM'),
};

type MailVariables = z.output<z.ZodObject<typeof mailShape>>;

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. Otherwise STARTTLS is required, except on this machine. */
  readonly isTls: boolean;
  readonly isLocal: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | undefined;
  readonly from: Mailbox;
  readonly replyTo: string | undefined;
}

/** Why these variables do not fit together; undefined if they do. */
export function mailFlaw({ SMTP_URL, MAIL_FROM }: MailVariables): string | undefined {
  if (SMTP_URL !== undefined && MAIL_FROM === undefined)
    return 'set MAIL_FROM, because SMTP_URL is set';
  return undefined;
}

/** Undefined: this installation sends no mail. */
export function mailSettings(config: MailVariables): MailSettings | undefined {
  const { SMTP_URL, MAIL_FROM, MAIL_REPLY_TO } = config;
  if (SMTP_URL === undefined || MAIL_FROM === undefined) return undefined;
  const url = new URL(SMTP_URL);
  const isTls = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort(isTls) : Number(url.port),
    isTls,
    isLocal: isLoopbackHost(url.hostname),
    auth: user === '' ? undefined : { user, pass: decodeURIComponent(url.password) },
    from: MAIL_FROM,
    replyTo: MAIL_REPLY_TO,
  };
}

/** RFC 8314, 3.3: submission uses 465 with TLS, 587 with STARTTLS. */
function defaultPort(isTls: boolean): number {
  return isTls ? 465 : 587;
}

function parseMailbox(text: string): Mailbox {
  const [, name = '', inBrackets] = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  return { name: name.replace(/^"(.*)"$/, '$1'), address: (inBrackets ?? text).trim() };
}
