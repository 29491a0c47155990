import { z } from 'zod';
import type { ChatPart, ReadMessage } from './messages.ts';

/** Slack's limits, from its reference of blocks (Block Kit). */
const BLOCKS_MAX = 50;

const plainText = (max: number) =>
  z.object({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  });
const anyText = (max: number) =>
  z.object({ type: z.enum(['plain_text', 'mrkdwn']), text: z.string().min(1).max(max) });
const image = { image_url: z.url().max(3000), alt_text: z.string().max(2000) };
const button = z.object({
  type: z.literal('button'),
  text: plainText(75),
  url: z.url().max(3000).optional(),
  action_id: z.string().max(255).optional(),
  value: z.string().max(2000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});

const blockSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('header'), text: plainText(150) }),
  z.object({
    type: z.literal('section'),
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: button.optional(),
  }),
  z.object({ type: z.literal('divider') }),
  z.object({
    type: z.literal('context'),
    elements: z
      .array(z.union([anyText(2000), z.object({ type: z.literal('image'), ...image })]))
      .min(1)
      .max(10),
  }),
  z.object({ type: z.literal('actions'), elements: z.array(button).min(1).max(25) }),
  z.object({ type: z.literal('image'), ...image, title: plainText(2000).optional() }),
]);

const messageSchema = z.object({
  text: z.string().max(40_000).optional(),
  blocks: z.array(blockSchema).max(BLOCKS_MAX).optional(),
});

type Block = z.infer<typeof blockSchema>;

/** Slack's own words for a refused message. */
type Refusal = 'invalid_payload' | 'no_text' | 'invalid_blocks';

/** Reads a message to an incoming webhook of Slack. */
export function readSlackMessage(body: string): ReadMessage & { readonly refusal: Refusal | null } {
  const json = parseJson(body);
  if (typeof json !== 'object' || json === null) {
    return refused('invalid_payload', ['The body is not a JSON object.']);
  }
  const parsed = messageSchema.safeParse(json);
  if (!parsed.success) {
    return refused(
      'invalid_blocks',
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    );
  }
  const { text, blocks = [] } = parsed.data;
  if (!text && blocks.length === 0)
    return refused('no_text', ['There is neither text nor a block.']);
  const parts = blocks.length === 0 ? [plain(text ?? '')] : blocks.flatMap(partsOf);
  const problems = text
    ? []
    : ['Without text, a notification and a screen reader say nothing about this message.'];
  return { parts, problems, refusal: null };
}

function refused(refusal: Refusal, problems: string[]) {
  return { parts: [], problems, refusal };
}

function partsOf(block: Block): ChatPart[] {
  switch (block.type) {
    case 'header':
      return [{ kind: 'heading', text: block.text.text }];
    case 'section':
      return [
        ...(block.text ? [plain(block.text.text)] : []),
        ...(block.fields
          ? [{ kind: 'facts', facts: block.fields.map(({ text }) => fact(text)) } as const]
          : []),
        ...(block.accessory ? [link(block.accessory)] : []),
      ];
    case 'divider':
      return [{ kind: 'divider' }];
    case 'context':
      return block.elements.map((one) =>
        one.type === 'image'
          ? { kind: 'note', text: `Image: ${one.alt_text}` }
          : { kind: 'note', text: readable(one.text) },
      );
    case 'actions':
      return block.elements.map(link);
    case 'image':
      return [{ kind: 'note', text: `Image: ${block.alt_text}` }];
  }
}

function plain(text: string): ChatPart {
  return { kind: 'text', text: readable(text) };
}

function link({ text, url }: z.infer<typeof button>): ChatPart {
  return { kind: 'link', text: text.text, url: url ?? '' };
}

/** A field usually has its name in bold, and its value in the next line. */
function fact(text: string): readonly [string, string] {
  const [, name, value] = /^\*(.+?)\*:?\s+([\s\S]*)$/.exec(text) ?? [];
  return name === undefined ? ['', readable(text)] : [readable(name), readable(value ?? '')];
}

/** What people see of Slack's markup: links by their text, mentions by their name, no escapes. */
function readable(mrkdwn: string): string {
  return mrkdwn
    .replaceAll(/<([^>|]+)\|([^>]+)>/g, '$2 ($1)')
    .replaceAll(/<!(\w+)>/g, '@$1 (rings everybody)')
    .replaceAll(/<([^>]+)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
