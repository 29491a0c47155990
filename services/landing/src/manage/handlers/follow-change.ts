import type { Context } from 'hono';
import type { Change, Subscriptions } from '../../clients/subscriptions.ts';
import { notFoundPage } from '../../web/pages/trouble.ts';
import { isLowerCaseGuid } from '@landfall/marketplace/ids';
import { changeView } from '../change-view.ts';
import { changePage } from '../pages/follow-change.ts';
import type { Admitted } from '../visit.ts';

interface FollowDeps {
  readonly subscriptions: Pick<Subscriptions, 'change' | 'knownPlans'>;
}

/** `GET …/changes/:change`: the state of a change. The change goes on if the page is closed. */
export async function followChange(
  deps: FollowDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { frame, subscription } = admitted;
  const change = await changeOf(deps, c, admitted);
  if (!change) return c.html(notFoundPage(frame), 404);
  const plans = await deps.subscriptions.knownPlans(subscription);
  return c.html(changePage(frame, { subscription, change, plans }));
}

/** `GET …/changes/:change/state`: the same as JSON, for the page's script. */
export async function changeState(
  deps: FollowDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const change = await changeOf(deps, c, admitted);
  if (!change) return c.json({ error: 'not-found' }, 404);
  return c.json(changeView(admitted.frame.words, change));
}

async function changeOf(
  { subscriptions }: FollowDeps,
  c: Context,
  { subscription }: Admitted,
): Promise<Change | undefined> {
  const changeId = c.req.param('change') ?? '';
  return isLowerCaseGuid(changeId) ? subscriptions.change(subscription.id, changeId) : undefined;
}
