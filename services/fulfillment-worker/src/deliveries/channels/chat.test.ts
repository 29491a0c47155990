import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type * as Cards from 'adaptivecards';
import type { Message } from '../../notices/message.ts';
import type { ClaimedDelivery } from '../../store/claim-deliveries.ts';
import { createNameLookup } from '../name-lookup.ts';
import { slackBody, slackChannel } from './slack.ts';
import { teamsBody, teamsChannel, TEAMS_MAX_BYTES } from './teams.ts';

// The package's ES modules do not load in Node.
const cards = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js') as typeof Cards;

const hostile = '<!channel> [click](https://evil.example) *bold* # 1. & `code`';

const item: Message['items'][number] = {
  look: 'critical',
  sign: 'Critical',
  title: `Activation failed: ${hostile}`,
  paragraphs: ['Microsoft refused it.'],
  sections: [{ heading: 'What to do', text: hostile }],
  facts: [{ name: 'Due', value: '24 December 2026, 11:00 CET' }],
  link: { label: 'Open in Landfall', url: 'https://landfall.contoso.example/console/matters/1' },
};

const message: Message = {
  language: 'en',
  subject: item.title,
  items: [item],
  footer: 'You get this because the destination “On call” sends notices here.',
  change: { label: 'Change', url: 'https://landfall.contoso.example/console/destinations/1' },
};

/** As long as a message can be. */
const long: Message = {
  ...message,
  intro: '50 matters need you.',
  items: Array.from({ length: 50 }, () => ({
    ...item,
    title: '購'.repeat(400),
    paragraphs: ['x'.repeat(2_000)],
    facts: Array.from({ length: 12 }, () => ({ name: 'n', value: 'v'.repeat(300) })),
  })),
};

interface Posted {
  readonly text?: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
}

describe('a card for Teams', () => {
  const cardOf = (body: string) => JSON.parse(body).attachments[0].content as object;

  /** What the renderer of Microsoft does not know or accept. */
  function problemsOf(card: object): readonly string[] {
    const context = new cards.SerializationContext(cards.Versions.v1_4);
    const parsed = new cards.AdaptiveCard();
    parsed.parse(card, context);
    const events = [...Array(context.eventCount).keys()].map((at) => context.getEventAt(at));
    const found = parsed.validateProperties().validationEvents;
    return [...events, ...found].map(({ message: problem }) => problem);
  }

  test.each([message, long])('is valid, and short enough', (given) => {
    const body = teamsBody(given);
    expect(problemsOf(cardOf(body))).toEqual([]);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(TEAMS_MAX_BYTES);
  });

  test('makes no links or headings of what comes from outside', () => {
    const body = teamsBody(message);
    expect(body).toContain(String.raw`\\[click\\]\\(https://evil.example\\)`);
    expect(body).not.toContain('Action.Submit');
  });
});

describe('a message for Slack', () => {
  test.each([message, long])('keeps to the limits of blocks', (given) => {
    const body = slackBody(given);
    const { blocks } = JSON.parse(body) as Posted;
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(body.length).toBeLessThanOrEqual(13_000);
    for (const block of blocks) {
      const {
        type,
        text: content,
        fields = [],
      } = block as {
        type: string;
        text?: { text: string };
        fields?: { text: string }[];
      };
      expect(content?.text.length ?? 0).toBeLessThanOrEqual(type === 'header' ? 150 : 3_000);
      expect(fields.length).toBeLessThanOrEqual(10);
      for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2_000);
    }
  });

  test('rings for nobody whom a text from outside names', () => {
    const { text: spoken, blocks } = JSON.parse(slackBody(message)) as Posted;
    expect(spoken).not.toContain('<!channel>');
    const marked = JSON.stringify(blocks.filter(({ type }) => type !== 'header'));
    expect(marked).not.toContain('<!channel>');
    expect(marked).toContain('&lt;!channel&gt;');
  });
});

describe('an answer', () => {
  let server: Server;
  let url: string;
  let reply: { status: number; body?: string; headers?: Record<string, string> };
  const received: string[] = [];

  beforeEach(async () => {
    server = createServer((request, response) => {
      const answer = async () => {
        received.push(await text(request));
        response.writeHead(reply.status, reply.headers).end(reply.body);
      };
      void answer();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterEach(() => server.close());

  const options = { isLocal: true, lookup: createNameLookup() };
  const channels = { teams: teamsChannel(options), slack: slackChannel(options) };
  const post = async (channel: 'teams' | 'slack', answer: typeof reply, to = url) => {
    reply = answer;
    const body = JSON.stringify({ id: '1', type: 'notice', message });
    const delivery = { url: to, body } as ClaimedDelivery;
    return await channels[channel].send(delivery, AbortSignal.timeout(60_000));
  };

  test.each([
    ['teams', { status: 202 }, { status: 202 }],
    ['teams', { status: 200, body: 'error 429' }, { failure: 'rate-limited' }],
    ['teams', { status: 404, body: '{"error":{"code":"WorkflowNotFound"}}' }, { failure: 'gone' }],
    [
      'teams',
      { status: 400, body: '{"error":{"code":"WorkflowTriggerIsNotEnabled"}}' },
      { failure: 'gone', answerCode: 'WorkflowTriggerIsNotEnabled' },
    ],
    ['teams', { status: 400, body: '{}' }, { failure: 'refused-message', retry: 'never' }],
    ['teams', { status: 502 }, { failure: 'status', status: 502 }],
    ['slack', { status: 200, body: 'ok' }, { status: 200 }],
    ['slack', { status: 404, body: 'no_service' }, { failure: 'gone', answerCode: 'no_service' }],
    ['slack', { status: 410, body: 'channel_is_archived' }, { failure: 'gone' }],
    [
      'slack',
      { status: 400, body: 'invalid_blocks' },
      { failure: 'refused-message', retry: 'never', answerCode: 'invalid_blocks' },
    ],
    ['slack', { status: 500, body: 'rollup_error' }, { failure: 'status' }],
  ] as const)('of %s: %o', async (channel, answer, expected) => {
    const got = await post(channel, answer);
    expect(got).toMatchObject(expected);
    if (!('failure' in expected)) expect(got.failure).toBeUndefined();
    if (!('retry' in expected)) expect(got.retry).toBeUndefined();
  });

  test.each(['teams', 'slack'] as const)('of %s that asks for a pause has it', async (channel) => {
    const headers = { 'retry-after': '30' };
    const answer = await post(channel, { status: 429, headers });
    expect(answer).toMatchObject({ failure: 'rate-limited', retryAfterMs: 30_000 });
    expect(answer.retry).toBeUndefined();
  });

  test('never comes from an address inside', async () => {
    const count = received.length;
    const answer = await post('slack', { status: 200 }, 'https://10.0.0.1/services/x');
    expect(answer).toMatchObject({ failure: 'address-refused' });
    expect(received).toHaveLength(count);
  });
});
