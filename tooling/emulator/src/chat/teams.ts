import { createRequire } from 'node:module';
import { z } from 'zod';
import type { ChatPart, ReadMessage } from './messages.ts';

/** Teams cuts off or refuses larger messages. */
const MESSAGE_MAX_BYTES = 28 * 1024;

/** Teams shows cards up to this version. */
const CARD_VERSION_MAX = 1.5;

const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';

const messageSchema = z.object({
  type: z.literal('message'),
  attachments: z
    .array(z.object({ contentType: z.string(), content: z.record(z.string(), z.unknown()) }))
    .min(1),
});

type Json = Readonly<Record<string, unknown>>;

/** Reads a message to a Teams workflow with the trigger "When a Teams webhook request is received". */
export function readTeamsMessage(body: string): ReadMessage {
  const parsed = messageSchema.safeParse(parseJson(body));
  if (!parsed.success) {
    return {
      parts: [],
      problems: ['The body is not a message with an attachment, so the flow fails.'],
    };
  }
  const size = Buffer.byteLength(body);
  const problems =
    size > MESSAGE_MAX_BYTES
      ? [`The message has ${size} bytes. Teams takes ${MESSAGE_MAX_BYTES}.`]
      : [];
  const parts: ChatPart[] = [];
  for (const { contentType, content } of parsed.data.attachments) {
    if (contentType === CARD_TYPE) {
      problems.push(...cardProblems(content));
      parts.push(...elements(content['body']), ...elements(content['actions']));
    } else {
      problems.push(`An attachment is ${contentType}. A workflow posts adaptive cards only.`);
    }
  }
  return { parts, problems };
}

interface CardLibrary {
  readonly SerializationContext: new () => {
    readonly eventCount: number;
    getEventAt(index: number): { readonly message: string };
  };
  readonly AdaptiveCard: new () => {
    parse(card: object, context: object): void;
    validateProperties(): { readonly validationEvents: readonly { readonly message: string }[] };
  };
}

let library: CardLibrary | undefined;

/** Loaded for the first card only. The package's ES module does not run in Node, its bundle does. */
function loadLibrary(): CardLibrary {
  library ??= createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js') as CardLibrary;
  return library;
}

function cardProblems(card: Json): string[] {
  const { SerializationContext, AdaptiveCard } = loadLibrary();
  const context = new SerializationContext();
  const read = new AdaptiveCard();
  read.parse(card, context);
  const found = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at));
  const version = Number(card['version']);
  return [
    ...[...found, ...read.validateProperties().validationEvents].map(({ message }) => message),
    ...(version > CARD_VERSION_MAX ? [`The card has version ${version}. Teams shows 1.5.`] : []),
    ...(JSON.stringify(card).includes('"Action.Submit"')
      ? ['A card of a workflow cannot have Action.Submit.']
      : []),
  ];
}

function elements(list: unknown): ChatPart[] {
  return Array.isArray(list) ? list.flatMap((one: unknown) => element((one ?? {}) as Json)) : [];
}

function element(json: Json): ChatPart[] {
  switch (json['type']) {
    case 'TextBlock': {
      const isHeading = json['weight'] === 'Bolder' || json['style'] === 'heading';
      return [{ kind: isHeading ? 'heading' : 'text', text: unescaped(textOf(json['text'])) }];
    }
    case 'RichTextBlock':
      return [{ kind: 'text', text: runs(json['inlines']) }];
    case 'FactSet':
      return [{ kind: 'facts', facts: facts(json['facts']) }];
    case 'Action.OpenUrl':
      return [{ kind: 'link', text: textOf(json['title']), url: textOf(json['url']) }];
    case 'Container':
    case 'Column':
      return elements(json['items']);
    case 'ColumnSet':
      return Array.isArray(json['columns'])
        ? json['columns'].flatMap(({ items }: Json) => elements(items))
        : [];
    case 'ActionSet':
      return elements(json['actions']);
    default:
      return [
        {
          kind: 'note',
          text: `Not shown here: ${textOf(json['type']) || 'an element without a type'}`,
        },
      ];
  }
}

function facts(list: unknown): (readonly [string, string])[] {
  if (!Array.isArray(list)) return [];
  return list.map((fact: Json) => [
    unescaped(textOf(fact['title'])),
    unescaped(textOf(fact['value'])),
  ]);
}

function runs(list: unknown): string {
  if (!Array.isArray(list)) return '';
  return list
    .map((run: unknown) => (typeof run === 'string' ? run : textOf((run as Json)['text'])))
    .join('');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Text blocks are Markdown. A backslash before a sign means the sign itself. */
function unescaped(markdown: string): string {
  return markdown.replaceAll(/\\([\\`*_{}[\]()#+\-.!|>~])/g, '$1');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
