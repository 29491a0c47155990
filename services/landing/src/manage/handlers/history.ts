import type { Context } from 'hono';
import type { Landing } from '../../landing.ts';
import { notFoundPage } from '../../web/pages/trouble.ts';
import type { Admitted } from '../access.ts';
import { linesOf } from '../history.ts';
import { historyPage } from '../pages/history.ts';
import type { HistoryLine } from '../history.ts';

/** Entries of one look at the timeline: some of them are ours alone and not shown. */
const LOOK = 50;
/** As many lines make a page; and no page looks further than this for them. */
const ENOUGH_LINES = 20;
const MAX_LOOKS = 5;

/** `GET …/history`: what happened, newest first. */
export async function showHistory(
  landing: Landing,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { frame, subscription } = admitted;
  const first = c.req.query('before');
  const lines: HistoryLine[] = [];
  let cursor = first;
  for (let look = 0; look < MAX_LOOKS && lines.length < ENOUGH_LINES; look += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each look begins where the one before ended
    const seen = await landing.subscriptions.history(subscription.id, { limit: LOOK, cursor });
    if (!seen) return c.html(notFoundPage(frame), 404);
    // oxlint-disable-next-line no-await-in-loop -- names of this look alone
    lines.push(...(await linesOf(landing, admitted, seen.items)));
    cursor = seen.nextCursor;
    if (cursor === undefined) break;
  }
  const subscriptionId = subscription.id;
  return c.html(
    historyPage(frame, { subscriptionId, lines, older: cursor, isFirst: first === undefined }),
  );
}
