import { Hono, type Context } from 'hono';
import { withFaults, type ApiEnv } from '../api/http-faults.ts';
import type { Market } from '../market/market.ts';
import type { ChatMessages, ChatService, ReadMessage } from './messages.ts';
import { readSlackMessage } from './slack.ts';
import { readTeamsMessage } from './teams.ts';

/** Slack and Teams refuse larger bodies; ours are a few KB. */
const BODY_MAX_CHARS = 40_000;

const CHANNEL = '/:channel{[\\w.-]{1,60}}';

/** Addresses that answer as an incoming webhook of Teams Workflows or of Slack does. */
export function chatRoutes(market: Market, messages: ChatMessages): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const keep = (c: Context<ApiEnv>, service: ChatService, read: ReadMessage, status: number) =>
    c.req.text().then((body) =>
      messages.add({
        service,
        channel: c.req.param('channel') ?? '',
        status,
        body: body.slice(0, BODY_MAX_CHARS),
        parts: read.parts,
        problems: read.problems,
      }),
    );

  // A workflow accepts every request at once. Whether its card can be posted is found out later,
  // and the sender never learns it.
  app.post(`/teams${CHANNEL}`, withFaults(market, 'teams'), async (c) => {
    await keep(c, 'teams', readTeamsMessage(await c.req.text()), 202);
    return c.body(null, 202);
  });

  app.post(`/slack${CHANNEL}`, withFaults(market, 'slack'), async (c) => {
    const read = readSlackMessage(await c.req.text());
    await keep(c, 'slack', read, read.refusal === null ? 200 : 400);
    return read.refusal === null ? c.text('ok') : c.text(read.refusal, 400);
  });
  return app;
}
