import { complete, type CompleteSnapshot } from '../src/complete.ts';
import { snapshot } from './given.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const PLANS = ['starter', 'growth', 'scale'];

export type Action =
  | 'activate'
  | 'failActivation'
  | 'changePlan'
  | 'changeQuantity'
  | 'suspend'
  | 'reinstate'
  | 'renew'
  | 'cancel';

/** Microsoft's side of one subscription, by its own rules and without ours. */
export class MarketplaceModel {
  /** Calls of Activate that began something. */
  callsToActivate = 0;
  /** The plan that was in force last; after the end Microsoft's record says nothing of it. */
  lastPlanId: string;
  #record: CompleteSnapshot;
  #isActivating = false;
  readonly #counts = new Map<string, number>();

  constructor(isAutoActivated: boolean) {
    this.#record = complete(
      snapshot({
        status: 'PendingFulfillmentStart',
        quantity: 5,
        planId: PLANS[0]!,
        term: {},
        beneficiary: {},
        purchaser: {},
      }),
      undefined,
    );
    this.lastPlanId = this.#record.planId;
    if (isAutoActivated) this.#begin();
  }

  get record(): CompleteSnapshot {
    return this.#record;
  }

  count(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Our call: a repeat while the first is under way, or later, changes nothing. */
  receiveActivate(): void {
    if (this.#record.status !== 'PendingFulfillmentStart' || this.#isActivating) return;
    this.#isActivating = true;
    this.callsToActivate += 1;
  }

  /** Something happens there; true when the publisher is told of it. What is not allowed does not. */
  act(action: Action): boolean {
    const { status, quantity, planId } = this.#record;
    const isActive = status === 'Subscribed';
    switch (action) {
      case 'activate':
        if (!this.#isActivating) return false;
        this.#begin();
        return false;
      case 'failActivation':
        return this.#isActivating && this.#end();
      case 'changePlan':
        if (!isActive) return false;
        this.#record = { ...this.#record, planId: PLANS[(PLANS.indexOf(planId) + 1) % 3]! };
        this.lastPlanId = this.#record.planId;
        return this.#done(action);
      case 'changeQuantity':
        if (!isActive) return false;
        this.#record = { ...this.#record, quantity: ((quantity ?? 0) % 3) + 1 };
        return this.#done(action);
      case 'suspend':
        return isActive && this.#to('Suspended', action);
      case 'reinstate':
        return status === 'Suspended' && this.#to('Subscribed', action);
      case 'renew':
        if (!isActive) return false;
        this.#record = { ...this.#record, term: this.#term() };
        return this.#done(action);
      case 'cancel':
        return status !== 'Unsubscribed' && this.#end();
      default:
        return action satisfies never;
    }
  }

  #begin(): void {
    this.#isActivating = false;
    this.#record = { ...this.#record, status: 'Subscribed', term: this.#term() };
    this.#done('activated');
  }

  #end(): true {
    this.#isActivating = false;
    // Seats and dates are not sent any more.
    this.#record = { ...this.#record, quantity: null, term: {} };
    return this.#to('Unsubscribed', 'cancel');
  }

  #to(status: string, what: string): true {
    this.#record = { ...this.#record, status };
    return this.#done(what);
  }

  #done(what: string): true {
    this.#counts.set(what, this.count(what) + 1);
    return true;
  }

  #term(): CompleteSnapshot['term'] {
    const begin = this.#record.term.endDate?.getTime() ?? Date.UTC(2026, 0, 1);
    return { startDate: new Date(begin), endDate: new Date(begin + 30 * DAY_MS), termUnit: 'P1M' };
  }
}
