import { z } from 'zod';
import { languages } from '@landfall/contracts/languages';

const link = z.object({ label: z.string(), url: z.string() });

/** One matter or event in a message. */
const item = z.object({
  /** How it looks: its severity, or that it is settled. */
  look: z.enum(['critical', 'warning', 'info', 'settled', 'event']),
  /** The word for `look`. */
  sign: z.string(),
  title: z.string(),
  /** Paragraphs: the cause, or how it was settled. */
  paragraphs: z.array(z.string()),
  /** Paragraphs with a heading: what it means, what to do. */
  sections: z.array(z.object({ heading: z.string(), text: z.string() })),
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  link: link.optional(),
  /** The incident page: causes, and what to do about each. */
  incidentPage: link.optional(),
});

/**
 * What a message says, in the language of its readers; the channels only lay it out. It is stored before it is sent, so that every attempt
 * says the same. Contains no personal data.
 */
export const message = z.object({
  language: z.enum(languages),
  subject: z.string(),
  /** Above several items. */
  intro: z.string().optional(),
  items: z.array(item),
  /** Number of items that are left out because a longer message is not read. */
  more: z.number().int().positive().optional(),
  /** The list in the console. */
  all: link.optional(),
  /** Why people get this, and where they change it. */
  footer: z.string(),
  change: link.optional(),
});

export type Message = z.output<typeof message>;
export type MessageItem = z.output<typeof item>;

/** The type of a stored message, among the events to products. */
export const NOTICE_TYPE = 'notice';

/** A message as it is stored in `product_events`. */
export const storedMessage = z.object({ id: z.string(), type: z.string(), message });

/** The links of an item, the most useful one first. */
export function linksOf({
  link: own,
  incidentPage,
}: MessageItem): readonly z.output<typeof link>[] {
  return [own, incidentPage].filter((one) => one !== undefined);
}

/** Says how many items are left out. A number needs no words in any language. */
export function hiddenCount(count: number | undefined = 0): string | undefined {
  return count > 0 ? `+ ${count}` : undefined;
}

/** The message of a delivery. Undefined for an event. */
export function messageOf(body: string): Message | undefined {
  const parsed = storedMessage.safeParse(JSON.parse(body));
  return parsed.success ? parsed.data.message : undefined;
}

/** The message as plain text, for mails and for `deliveries.get`. Lines are not wrapped: readers do that. */
export function plainText(of: Message): string {
  const items = of.items.map((one) =>
    paragraphs(
      `[${one.sign}] ${one.title}`,
      ...one.paragraphs,
      ...one.sections.map(({ heading, text }) => `${heading}: ${text}`),
      one.facts.map(({ name, value }) => `${name}: ${value}`).join('\n'),
      ...linksOf(one).map(({ label, url }) => `${label}: ${url}`),
    ),
  );
  const body = items.join(`\n\n${'-'.repeat(40)}\n\n`);
  const all = of.all && `${of.all.label}: ${of.all.url}`;
  const change = of.change && `${of.change.label}: ${of.change.url}`;
  return `${paragraphs(of.intro, body, hiddenCount(of.more), all, '-- ', of.footer, change)}\n`;
}

function paragraphs(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join('\n\n');
}
