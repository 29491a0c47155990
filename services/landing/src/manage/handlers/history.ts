import type { Context } from 'hono';
import { notFoundPage } from '../../web/pages/trouble.ts';
import { linesOf, type HistoryDeps, type HistoryLine } from '../history.ts';
import { historyPage } from '../pages/history.ts';
import type { Admitted } from '../visit.ts';

/** Timeline entries per call. Some of them are internal and not shown. */
const ENTRIES_PER_CALL = 50;
/** Enough lines for a page. */
const ENOUGH_LINES = 20;
/** Calls for one page, however few lines they give. */
const MAX_CALLS = 5;

/** `GET …/history`: the history, newest first. */
export async function showHistory(
  deps: HistoryDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { frame, subscription } = admitted;
  const first = c.req.query('before');
  const lines: HistoryLine[] = [];
  let cursor = first;
  for (let calls = 0; calls < MAX_CALLS && lines.length < ENOUGH_LINES; calls += 1) {
    // Each call starts where the previous one ended.
    const seen = await deps.subscriptions.history(subscription.id, {
      limit: ENTRIES_PER_CALL,
      cursor,
    });
    if (!seen) return c.html(notFoundPage(frame), 404);
    // Needs the entries of this call.
    lines.push(...(await linesOf(deps, admitted, seen.items)));
    cursor = seen.nextCursor;
    if (cursor === undefined) break;
  }
  const subscriptionId = subscription.id;
  return c.html(
    historyPage(frame, { subscriptionId, lines, older: cursor, isFirst: first === undefined }),
  );
}
