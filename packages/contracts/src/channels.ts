import { z } from 'zod';
import { languages } from './languages.ts';
import { matterKinds, matterSeverities, type MatterKind } from './matters.ts';

/**
 * The ways to a destination. `product`: signed events over HTTPS. `mail`, `teams`, `slack`: notices to people of the publisher.
 * `customer-mail`: mails to customers.
 */
export const channels = ['product', 'mail', 'teams', 'slack', 'customer-mail'] as const;

export type Channel = (typeof channels)[number];

/** Channels with notices to people of the publisher, which come at the times that the destination allows. */
export const noticeChannels = ['mail', 'teams', 'slack'] as const;

export type NoticeChannel = (typeof noticeChannels)[number];

/** People who share a list need a mailing list; each address is a delivery of its own. */
const MAX_RECIPIENTS = 20;
/** RFC 5321, 4.5.3.1.3: a path has at most 256 characters, two of which are angle brackets. */
const MAX_ADDRESS = 254;

const kinds = Object.keys(matterKinds) as [MatterKind, ...MatterKind[]];

/** `HH:MM` of a day, from 00:00 to 23:59. */
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'Must be a time of day such as 22:00.' });

/** An IANA time zone that this machine knows, such as `Europe/Berlin`. */
const ianaTimeZone = z.string().max(60).refine(isTimeZone, {
  error: 'Must be a time zone of the IANA database, such as Europe/Berlin.',
});

export const quietHours = z.object({
  from: timeOfDay,
  /** Earlier than `from`: the quiet hours last over midnight. */
  to: timeOfDay,
  /** If true, critical matters are sent at once, also in quiet hours. */
  exceptCritical: z.boolean().default(true),
});

export type QuietHours = z.output<typeof quietHours>;

export const digests = ['at-once', 'hourly', 'daily'] as const;

export type Digest = (typeof digests)[number];

/** Fields of destinations that send notices: mail, Teams and Slack. */
export const noticeFields = {
  /** Mail only: the addresses. Each gets a mail of their own and does not see the others. */
  recipients: z.array(z.email().max(MAX_ADDRESS)).max(MAX_RECIPIENTS),
  /** Kinds of matters to send notices about: `all`, or a list. Empty: none. */
  matterKinds: z.union([z.literal('all'), z.array(z.enum(kinds)).max(kinds.length)]),
  /** Matters of these severities only. Empty: all. */
  severities: z.array(z.enum(matterSeverities)).max(matterSeverities.length),
  language: z.enum(languages),
  /** When notices are sent: at once, or together every hour or every day. */
  digest: z.enum(digests),
  /** With a daily digest: the hour at which it is sent. */
  digestHour: z.number().int().min(0).max(23),
  /** Time zone of `digestHour`, `quietHours` and the times in notices, such as `Europe/Berlin`. */
  timeZone: ianaTimeZone,
  /** Notices wait until this time of the day is over. Null: no quiet hours. */
  quietHours: quietHours.nullable(),
};

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
