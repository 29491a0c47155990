import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

async function post(path: string, body: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(`${fixture.emulator.url}/chat/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

const CARD = {
  type: 'AdaptiveCard',
  version: '1.4',
  body: [
    { type: 'TextBlock', text: 'Activation failed', weight: 'Bolder', wrap: true },
    { type: 'TextBlock', text: 'Ask \\*Fabrikam\\* again\\.', wrap: true },
    { type: 'FactSet', facts: [{ title: 'Plan', value: 'Starter' }] },
  ],
  actions: [{ type: 'Action.OpenUrl', title: 'Open', url: 'https://landfall.example/' }],
};

function teams(card: object): object {
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content: card }] };
}

test('Teams accepts a card with 202, and people can read it', async () => {
  expect(await post('teams/operations', teams(CARD))).toEqual({ status: 202, text: '' });
  const [message] = await fixture.emulator.control.chat.list();
  expect(message).toMatchObject({
    service: 'teams',
    channel: 'operations',
    problems: [],
    parts: [
      { kind: 'heading', text: 'Activation failed' },
      { kind: 'text', text: 'Ask *Fabrikam* again.' },
      { kind: 'facts', facts: [['Plan', 'Starter']] },
      { kind: 'link', text: 'Open', url: 'https://landfall.example/' },
    ],
  });
});

test('Teams accepts what its workflow then fails on, and the message says why', async () => {
  const cases: [object | string, RegExp][] = [
    ['no JSON', /not a message with an attachment/],
    [{ type: 'message', text: 'hello' }, /not a message with an attachment/],
    [
      teams({ ...CARD, body: [{ type: 'TextBlok', text: 'x' }] }),
      /Unknown element type "TextBlok"/,
    ],
    [teams({ ...CARD, actions: [{ type: 'Action.Submit', title: 'x' }] }), /Action.Submit/],
    [teams({ ...CARD, actions: [{ type: 'Action.OpenUrl', title: 'x' }] }), /"url" must be set/],
    [teams({ ...CARD, version: '1.6' }), /Teams shows 1.5/],
    [
      teams({ ...CARD, body: [{ type: 'TextBlock', text: 'x'.repeat(30_000) }] }),
      /Teams takes 28672/,
    ],
  ];
  for (const [body, problem] of cases) {
    expect((await post('teams/operations', body)).status).toBe(202);
    const [message] = await fixture.emulator.control.chat.list();
    expect(message?.problems.join(' ')).toMatch(problem);
  }
});

test('Slack accepts blocks with 200 and "ok", and people can read them', async () => {
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: 'Activation failed' } },
    { type: 'section', text: { type: 'mrkdwn', text: 'R&amp;D: <https://a.example|order>' } },
    { type: 'section', fields: [{ type: 'mrkdwn', text: '*Plan*\nStarter' }] },
    { type: 'divider' },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'Landfall' }] },
    {
      type: 'actions',
      elements: [
        { type: 'button', text: { type: 'plain_text', text: 'Open' }, url: 'https://a.example/' },
      ],
    },
  ];
  expect(await post('slack/alerts', { text: 'Activation failed', blocks })).toEqual({
    status: 200,
    text: 'ok',
  });
  const [message] = await fixture.emulator.control.chat.list();
  expect(message?.problems).toEqual([]);
  expect(message?.parts).toEqual([
    { kind: 'heading', text: 'Activation failed' },
    { kind: 'text', text: 'R&D: order (https://a.example)' },
    { kind: 'facts', facts: [['Plan', 'Starter']] },
    { kind: 'divider' },
    { kind: 'note', text: 'Landfall' },
    { kind: 'link', text: 'Open', url: 'https://a.example/' },
  ]);
});

test('Slack refuses what is beyond its limits, in its own words', async () => {
  const header = (text: string) => ({ type: 'header', text: { type: 'plain_text', text } });
  const cases: [unknown, string][] = [
    ['no JSON', 'invalid_payload'],
    [{}, 'no_text'],
    [{ blocks: [header('x'.repeat(151))] }, 'invalid_blocks'],
    [{ blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }, 'invalid_blocks'],
    [{ blocks: [{ type: 'marquee' }] }, 'invalid_blocks'],
  ];
  for (const [body, text] of cases) {
    expect(await post('slack/alerts', body)).toEqual({ status: 400, text });
  }
  const messages = await fixture.emulator.control.chat.list();
  expect(messages.every(({ status, problems }) => status === 400 && problems.length > 0)).toBe(
    true,
  );
  expect((await post('slack/alerts', { blocks: [header('short')] })).status).toBe(200);
});

test('a fault answers in place of the chat, and keeps no message', async () => {
  const { control } = fixture.emulator;
  await control.addFault({
    endpoint: 'slack',
    status: 429,
    headers: { 'retry-after': '30' },
    count: 1,
  });
  expect((await post('slack/alerts', { text: 'x' })).status).toBe(429);
  expect(await control.chat.list()).toEqual([]);
  expect((await post('slack/alerts', { text: 'x' })).status).toBe(200);
  await control.chat.clear();
  expect(await control.chat.list()).toEqual([]);
});
