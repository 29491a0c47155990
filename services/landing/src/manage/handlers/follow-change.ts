import type { Context } from 'hono';
import type { Landing } from '../../landing.ts';
import { notFoundPage } from '../../web/pages/trouble.ts';
import type { Admitted } from '../access.ts';
import { changeView } from '../change-view.ts';
import { changePage } from '../pages/follow-change.ts';
import type { Change } from '../../clients/subscriptions.ts';
import { isGuid } from '../../web/paths.ts';

/** `GET …/changes/:change`: how a change stands; closing the page changes nothing. */
export async function followChange(
  landing: Landing,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { frame, subscription } = admitted;
  const change = await changeOf(landing, c, admitted);
  if (!change) return c.html(notFoundPage(frame), 404);
  const plans = await landing.subscriptions.knownPlans(subscription);
  return c.html(changePage(frame, { subscription, change, plans }));
}

/** `GET …/changes/:change/state`: the same for the page's script. */
export async function changeState(
  landing: Landing,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const change = await changeOf(landing, c, admitted);
  if (!change) return c.json({ error: 'not-found' }, 404);
  return c.json(changeView(admitted.frame.words, change));
}

async function changeOf(
  { subscriptions }: Landing,
  c: Context,
  { subscription }: Admitted,
): Promise<Change | undefined> {
  const changeId = c.req.param('change') ?? '';
  return isGuid(changeId) ? subscriptions.change(subscription.id, changeId) : undefined;
}
