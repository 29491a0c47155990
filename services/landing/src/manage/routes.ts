import type { Subscriptions } from '../clients/subscriptions.ts';
import type { Db } from '../db/schema.ts';
import type { Frames } from '../web/frames.ts';
import type { ManageRoute } from './access.ts';
import { askForAccess, showAsk } from './handlers/ask.ts';
import { cancel, showCancel } from './handlers/cancel.ts';
import { changePlan, showPlans } from './handlers/change-plan.ts';
import { changeSeats, showSeats } from './handlers/change-seats.ts';
import { changeState, followChange } from './handlers/follow-change.ts';
import { showHistory } from './handlers/history.ts';
import { listSubscriptions } from './handlers/list.ts';
import { changePeople, showPeople } from './handlers/people.ts';
import { showSubscription } from './handlers/subscription.ts';

const LIST = '/landing/subscriptions';
const ONE = `${LIST}/:id` as const;

/** Every manage page with the right that it needs. GET only shows; every change is a POST of its own form. */
export function manageRoutes(deps: {
  readonly db: Db;
  readonly now: () => Date;
  readonly frames: Frames;
  readonly subscriptions: Subscriptions;
}): readonly ManageRoute[] {
  return [
    { method: 'GET', path: LIST, needs: 'sign-in', handle: on(deps, listSubscriptions) },
    { method: 'GET', path: ONE, needs: 'read', handle: on(deps, showSubscription) },
    { method: 'GET', path: `${ONE}/history`, needs: 'read', handle: on(deps, showHistory) },
    { method: 'GET', path: `${ONE}/access`, needs: 'colleague', handle: showAsk },
    { method: 'POST', path: `${ONE}/access`, needs: 'colleague', handle: on(deps, askForAccess) },
    { method: 'GET', path: `${ONE}/plan`, needs: 'change', handle: on(deps, showPlans) },
    { method: 'POST', path: `${ONE}/plan`, needs: 'change', handle: on(deps, changePlan) },
    { method: 'GET', path: `${ONE}/seats`, needs: 'change', handle: on(deps, showSeats) },
    { method: 'POST', path: `${ONE}/seats`, needs: 'change', handle: on(deps, changeSeats) },
    { method: 'GET', path: `${ONE}/cancel`, needs: 'cancel', handle: on(deps, showCancel) },
    { method: 'POST', path: `${ONE}/cancel`, needs: 'cancel', handle: on(deps, cancel) },
    {
      method: 'GET',
      path: `${ONE}/changes/:change`,
      needs: 'read',
      handle: on(deps, followChange),
    },
    {
      method: 'GET',
      path: `${ONE}/changes/:change/state`,
      needs: 'read',
      isData: true,
      handle: on(deps, changeState),
    },
    { method: 'GET', path: `${ONE}/people`, needs: 'people', handle: on(deps, showPeople) },
    { method: 'POST', path: `${ONE}/people`, needs: 'people', handle: on(deps, changePeople) },
  ];
}

/** Gives a handler its dependencies. */
function on<Deps, Rest extends readonly unknown[], Result>(
  deps: Deps,
  handler: (deps: Deps, ...rest: Rest) => Result,
): (...rest: Rest) => Result {
  return (...rest) => handler(deps, ...rest);
}
