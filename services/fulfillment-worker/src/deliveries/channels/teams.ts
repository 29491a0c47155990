import { hiddenCount, linksOf, type Message, type MessageItem } from '../../notices/message.ts';
import type { PostAnswer } from '../post-event.ts';
import type { Answer } from './channel.ts';
import { chatChannel, type ChatOptions } from './chat.ts';

/** Microsoft's limit for messages to Teams. https://learn.microsoft.com/power-automate/limits-and-config */
export const TEAMS_MAX_BYTES = 28 * 1024;
/** A card with more is not read on a phone. */
const MAX_ITEMS = 10;

/** Posts notices to a Workflow with the trigger "When a Teams webhook request is received". */
export function teamsChannel(options: ChatOptions) {
  return chatChannel(options, { layOut: teamsBody, answerOf: teamsAnswer });
}

/** The body for a message, short enough for Teams: items are left out from the end. */
export function teamsBody(message: Message): string {
  for (let shown = Math.min(message.items.length, MAX_ITEMS); shown > 1; shown -= 1) {
    const body = JSON.stringify(cardOf(message, shown));
    if (Buffer.byteLength(body) <= TEAMS_MAX_BYTES) return body;
  }
  return JSON.stringify(cardOf(message, 1));
}

function cardOf(message: Message, shown: number): object {
  const { subject, intro, items, more = 0, all, footer } = message;
  return {
    type: 'message',
    summary: subject,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: subject,
          msteams: { width: 'Full' },
          body: [
            ...textBlocks(intro),
            ...items.slice(0, shown).map((item, index) => container(item, index > 0)),
            ...textBlocks(hiddenCount(items.length - shown + more), { isSubtle: true }),
            ...textBlocks(footer, { isSubtle: true, size: 'Small', separator: true }),
          ],
          ...(all && { actions: [openUrl(all)] }),
        },
      },
    ],
  };
}

const COLOURS = {
  critical: 'Attention',
  warning: 'Warning',
  info: 'Accent',
  settled: 'Good',
  event: 'Default',
} as const satisfies Readonly<Record<MessageItem['look'], string>>;

function container(item: MessageItem, separator: boolean): object {
  const { look, sign, title, paragraphs, sections, facts } = item;
  const links = linksOf(item);
  return {
    type: 'Container',
    separator,
    spacing: 'Medium',
    items: [
      ...textBlocks(sign, { color: COLOURS[look], weight: 'Bolder', size: 'Small' }),
      ...textBlocks(title, { weight: 'Bolder', size: 'Medium', spacing: 'None' }),
      ...paragraphs.flatMap((text) => textBlocks(text)),
      ...sections.flatMap(({ heading, text }) =>
        textBlocks(heading, { weight: 'Bolder', size: 'Small' }).concat(
          textBlocks(text, { spacing: 'None' }),
        ),
      ),
      ...(facts.length === 0
        ? []
        : [
            {
              type: 'FactSet',
              facts: facts.map(({ name, value }) => ({
                title: markdownFree(name),
                value: markdownFree(value),
              })),
            },
          ]),
      ...(links.length > 0 ? [{ type: 'ActionSet', actions: links.map(openUrl) }] : []),
    ],
  };
}

function textBlocks(text: string | undefined, look: object = {}): object[] {
  return text === undefined
    ? []
    : [{ type: 'TextBlock', text: markdownFree(text), wrap: true, ...look }];
}

function openUrl({ label, url }: { readonly label: string; readonly url: string }): object {
  return { type: 'Action.OpenUrl', title: label, url };
}

/** Texts of a card are Markdown. What comes from outside must not become a link or a list. */
function markdownFree(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]()#+\-!|<>~]/g, String.raw`\$&`)
    .replaceAll(/^(\d+)\./gm, String.raw`$1\.`);
}

/**
 * A Workflow answers 202 before it posts. Without its trigger it is gone, and so is one whose URL has a wrong signature: both need
 * a new URL. The retired connectors answered 200 with a 429 in the text; Workflows do not, but a gateway before them might.
 */
function teamsAnswer(answer: PostAnswer): Answer {
  const { status = 0, text = '' } = answer;
  const [, code] = /"code"\s*:\s*"(\w{1,60})"/.exec(text) ?? [];
  const said = { status, answerCode: code };
  if (answer.failure === undefined) {
    return /error 429/i.test(text) ? { ...said, failure: 'rate-limited' } : answer;
  }
  if (status === 429) return { ...answer, ...said, failure: 'rate-limited' };
  if ([401, 403, 404].includes(status)) return { ...said, failure: 'gone' };
  if (status === 400 && /NotEnabled|Disabled|Suspended|NotFound/i.test(code ?? ''))
    return { ...said, failure: 'gone' };
  if (status === 400 || status === 413)
    return { ...said, failure: 'refused-message', retry: 'never', concerns: 'delivery' };
  return { ...answer, ...(status > 0 && said) };
}
