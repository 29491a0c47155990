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

/** Every manage page with what it needs. GET shows; what changes something is a POST of its own form. */
export const manageRoutes: readonly ManageRoute[] = [
  { method: 'GET', path: LIST, needs: 'sign-in', handle: listSubscriptions },
  { method: 'GET', path: ONE, needs: 'read', handle: showSubscription },
  { method: 'GET', path: `${ONE}/history`, needs: 'read', handle: showHistory },
  { method: 'GET', path: `${ONE}/access`, needs: 'colleague', handle: showAsk },
  { method: 'POST', path: `${ONE}/access`, needs: 'colleague', handle: askForAccess },
  { method: 'GET', path: `${ONE}/plan`, needs: 'change', handle: showPlans },
  { method: 'POST', path: `${ONE}/plan`, needs: 'change', handle: changePlan },
  { method: 'GET', path: `${ONE}/seats`, needs: 'change', handle: showSeats },
  { method: 'POST', path: `${ONE}/seats`, needs: 'change', handle: changeSeats },
  { method: 'GET', path: `${ONE}/cancel`, needs: 'cancel', handle: showCancel },
  { method: 'POST', path: `${ONE}/cancel`, needs: 'cancel', handle: cancel },
  { method: 'GET', path: `${ONE}/changes/:change`, needs: 'read', handle: followChange },
  {
    method: 'GET',
    path: `${ONE}/changes/:change/state`,
    needs: 'read',
    isData: true,
    handle: changeState,
  },
  { method: 'GET', path: `${ONE}/people`, needs: 'people', handle: showPeople },
  { method: 'POST', path: `${ONE}/people`, needs: 'people', handle: changePeople },
];
