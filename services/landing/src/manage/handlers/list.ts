import type { Context } from 'hono';
import { z } from 'zod';
import { Rejection } from '@landfall/contracts/rejections';
import { decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import type { Landing } from '../../landing.ts';
import type { Visitor } from '../access.ts';
import { planNameIn } from '../history.ts';
import { listPage, type Listed } from '../pages/list.ts';
import { standingOf } from '../standing.ts';
import { membershipsOf, type Member } from '../../store/members.ts';

/** Each one is a question to the worker: a screen of them at a time. */
const PAGE = 10;

/** `GET /landing/subscriptions`: what this person may see, whoever bought it. */
export async function listSubscriptions(
  landing: Landing,
  c: Context,
  { session }: Visitor,
): Promise<Response> {
  const position = decodeCursor(c.req.query('after'), z.guid());
  const after = position instanceof Rejection ? undefined : position;
  const rows = await membershipsOf(landing.db, session.visitor, { after, limit: PAGE + 1 });
  const shown = rows.slice(0, PAGE);
  const last = rows.length > PAGE ? shown.at(-1) : undefined;
  const listed = await Promise.all(shown.map((row) => look(landing, session.visitor, row)));
  return c.html(
    listPage(landing.frames.of(c, session), {
      listed: listed.flatMap((one) => one ?? []),
      next: last?.decided_at
        ? encodeCursor({ at: last.decided_at, id: last.subscription_id })
        : undefined,
      isFirst: after === undefined,
    }),
  );
}

/** Undefined: not this person's any more, or gone from the worker's record. */
async function look(
  { purchases, subscriptions, now }: Landing,
  visitor: Visitor['session']['visitor'],
  member: Member,
): Promise<Listed | undefined> {
  const answer = await purchases.get(member.subscription_id);
  if ('refused' in answer) return undefined;
  const { subscription } = answer;
  const standing = standingOf(subscription, visitor, { member, at: now() });
  if (standing.kind !== 'member') return undefined;
  const plans = await subscriptions.knownPlans(subscription);
  const planName = planNameIn(plans, subscription.planId);
  return { subscription, planName, role: standing.role };
}
