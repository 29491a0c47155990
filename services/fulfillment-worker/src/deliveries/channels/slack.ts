import { hiddenCount, linksOf, type Message, type MessageItem } from '../../notices/message.ts';
import type { PostAnswer } from '../post-event.ts';
import type { Answer } from './channel.ts';
import { chatChannel, type ChatOptions } from './chat.ts';

/** https://docs.slack.dev/reference/block-kit/blocks */
const MAX_HEADER = 150;
const MAX_SECTION = 3000;
const MAX_FIELDS = 10;
const MAX_FIELD = 2000;
const MAX_BUTTON = 75;
/** Slack takes 50 blocks; an item has up to five. */
const MAX_ITEMS = 8;
/** Slack refuses longer messages as a whole. */
const MAX_CHARACTERS = 12_000;

/** Posts notices to an incoming webhook of a Slack app. */
export function slackChannel(options: ChatOptions) {
  return chatChannel(options, { layOut: slackBody, answerOf: slackAnswer });
}

/** The body for a message, short enough for Slack: items are left out from the end. */
export function slackBody(message: Message): string {
  for (let shown = Math.min(message.items.length, MAX_ITEMS); shown > 1; shown -= 1) {
    const body = JSON.stringify(bodyOf(message, shown));
    if (body.length <= MAX_CHARACTERS) return body;
  }
  return JSON.stringify(bodyOf(message, 1));
}

function bodyOf(message: Message, shown: number): object {
  const { subject, intro, items, more = 0, all, footer, change } = message;
  const about = change
    ? `${escape(footer)} <${change.url}|${escape(change.label)}>`
    : escape(footer);
  return {
    // What a notification and a screen reader say.
    text: cut(escape(subject), MAX_SECTION),
    blocks: [
      ...section(intro === undefined ? undefined : escape(intro)),
      ...items
        .slice(0, shown)
        .flatMap((item, index) => (index > 0 ? DIVIDER : []).concat(blocksOf(item))),
      ...section(hiddenCount(items.length - shown + more)),
      ...(all ? [buttons([all])] : []),
      { type: 'context', elements: [{ type: 'mrkdwn', text: cut(about, MAX_FIELD) }] },
    ],
  };
}

const DIVIDER: object[] = [{ type: 'divider' }];

const SIGNS = {
  critical: ':rotating_light:',
  warning: ':warning:',
  info: ':information_source:',
  settled: ':white_check_mark:',
  event: ':bell:',
} as const satisfies Readonly<Record<MessageItem['look'], string>>;

function blocksOf(item: MessageItem): object[] {
  const { look, sign, title, paragraphs, sections, facts } = item;
  const texts = [
    `${SIGNS[look]} *${escape(sign)}*`,
    ...paragraphs.map(escape),
    ...sections.map(({ heading, text }) => `*${escape(heading)}*\n${escape(text)}`),
  ];
  const fields = facts.slice(0, MAX_FIELDS).map(({ name, value }) => ({
    type: 'mrkdwn',
    text: cut(`*${escape(name)}*\n${escape(value)}`, MAX_FIELD),
  }));
  const links = linksOf(item);
  return [
    { type: 'header', text: { type: 'plain_text', text: cut(title, MAX_HEADER), emoji: false } },
    ...section(texts.join('\n\n')),
    ...(fields.length > 0 ? [{ type: 'section', fields }] : []),
    ...(links.length > 0 ? [buttons(links)] : []),
  ];
}

function section(text: string | undefined): object[] {
  return text === undefined
    ? []
    : [{ type: 'section', text: { type: 'mrkdwn', text: cut(text, MAX_SECTION) } }];
}

function buttons(links: ReturnType<typeof linksOf>): object {
  const elements = links.map(({ label, url }) => {
    const text = { type: 'plain_text', text: cut(label, MAX_BUTTON) };
    return { type: 'button', text, url };
  });
  return { type: 'actions', elements };
}

/** Slack's three control characters. Unescaped, `<!channel>` from outside would ring for everybody. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}

/** Slack's words for an app, a channel or a webhook that takes no messages any more. They need a new URL. */
const GONE =
  /^(no_service|no_active_hooks|no_team|invalid_token|team_disabled|channel_not_found|channel_is_archived|action_prohibited|posting_to_general_channel_denied|user_not_found)$/;

function slackAnswer(answer: PostAnswer): Answer {
  const { status = 0, text = '' } = answer;
  const [word] = /^\w{1,60}$/.exec(text.trim()) ?? [];
  if (answer.failure === undefined) return { status };
  const said = { status, answerCode: word };
  if (status === 429) return { ...answer, ...said, failure: 'rate-limited' };
  if (GONE.test(word ?? '') || status === 403 || status === 404 || status === 410)
    return { ...said, failure: 'gone' };
  if (status === 400 || status === 413)
    return { ...said, failure: 'refused-message', retry: 'never', concerns: 'delivery' };
  return { ...answer, ...(status > 0 && said) };
}
