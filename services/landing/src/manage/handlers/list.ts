import type { Context } from 'hono';
import { z } from 'zod';
import { Rejection } from '@landfall/contracts/rejections';
import { decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import type { Subscriptions } from '../../clients/subscriptions.ts';
import type { Db } from '../../db/schema.ts';
import { membershipsOf, type Member } from '../../store/members.ts';
import type { Frames } from '../../web/frames.ts';
import type { Visitor } from '../access.ts';
import { planNameIn } from '../history.ts';
import { listPage, type Listed } from '../pages/list.ts';
import { standingOf } from '../standing.ts';

/** Subscriptions per page, one screen. Each one needs a call to the worker. */
const PAGE = 10;

interface ListDeps {
  readonly db: Db;
  readonly now: () => Date;
  readonly frames: Frames;
  readonly subscriptions: Pick<Subscriptions, 'get' | 'knownPlans'>;
}

/** `GET /landing/subscriptions`: the subscriptions that this person may see, whoever bought them. */
export async function listSubscriptions(
  deps: ListDeps,
  c: Context,
  { session }: Visitor,
): Promise<Response> {
  const position = decodeCursor(c.req.query('after'), z.guid());
  const after = position instanceof Rejection ? undefined : position;
  const rows = await membershipsOf(deps.db, session.visitor, { after, limit: PAGE + 1 });
  const shown = rows.slice(0, PAGE);
  const last = rows.length > PAGE ? shown.at(-1) : undefined;
  const listed = await Promise.all(shown.map((row) => look(deps, session.visitor, row)));
  return c.html(
    listPage(deps.frames.of(c, session), {
      listed: listed.flatMap((one) => one ?? []),
      next: last?.decidedAt
        ? encodeCursor({ at: last.decidedAt, id: last.subscriptionId })
        : undefined,
      isFirst: after === undefined,
    }),
  );
}

/** Undefined if the person no longer has access, or the worker no longer has the subscription. */
async function look(
  { subscriptions, now }: ListDeps,
  visitor: Visitor['session']['visitor'],
  member: Member,
): Promise<Listed | undefined> {
  const answer = await subscriptions.get(member.subscriptionId);
  if ('refused' in answer) return undefined;
  const { subscription } = answer;
  const standing = standingOf(subscription, visitor, { member, at: now() });
  if (standing.kind !== 'member') return undefined;
  const plans = await subscriptions.knownPlans(subscription);
  const planName = planNameIn(plans, subscription.planId);
  return { subscription, planName, role: standing.role };
}
