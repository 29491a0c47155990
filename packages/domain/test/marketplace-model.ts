import { complete, type CompleteSnapshot } from '../src/complete.ts';
import type { Person, Snapshot } from '../src/subscription.ts';
import { snapshot, type Pick } from './given.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const PLANS = ['starter', 'growth', 'scale'];

export type Action =
  | 'activate'
  | 'transfer'
  | 'failActivation'
  | 'changePlan'
  | 'changeQuantity'
  | 'suspend'
  | 'reinstate'
  | 'renew'
  | 'cancel';

/** Two people of one organisation, and one of another. */
export const PEOPLE: readonly Person[] = [
  { tenantId: 'fabrikam', objectId: 'ada', emailId: 'ada@fabrikam.example' },
  { tenantId: 'fabrikam', objectId: 'cleo' },
  { tenantId: 'northwind', objectId: 'ben', emailId: 'ben@northwind.example' },
];

/** How Microsoft's answers differ from its record. */
export interface Weather {
  /** An answer may be older than the record, but never older than the previous answer. */
  readonly lags: boolean;
  /** Any field may be missing from an answer, but not from three in a row. */
  readonly leavesOut: boolean;
  /** People are named only once the subscription is active. */
  readonly namesPeopleLate: boolean;
  /** A term may end at its start. */
  readonly sendsOddTerms: boolean;
}

export const CALM: Weather = {
  lags: false,
  leavesOut: false,
  namesPeopleLate: false,
  sendsOddTerms: false,
};

const OPTIONAL = [
  'offerId',
  'planId',
  'name',
  'quantity',
  'status',
  'autoRenew',
  'isFreeTrial',
  'isTest',
  'allowedCustomerOperations',
] as const;
const MOST_POOR_IN_A_ROW = 2;
const MOMENT = new Date('2026-01-09T00:00:00Z');

/** Microsoft's side of one subscription. It uses none of Landfall's rules. */
export class MarketplaceModel {
  /** Activate calls that started an activation. */
  callsToActivate = 0;
  /** The last plan. Microsoft's record no longer names it after the end. */
  lastPlanId: string;
  /** Every state of the record, oldest first, and the index of the last state that was answered. */
  readonly #history: CompleteSnapshot[] = [];
  #seen = -1;
  #poorInARow = 0;
  readonly #pick: Pick;
  #weather: Weather;
  #isActivating = false;
  readonly #counts = new Map<string, number>();

  constructor(isAutoActivated: boolean, { pick, weather }: { pick: Pick; weather: Weather }) {
    this.#pick = pick;
    this.#weather = weather;
    this.#record = complete(
      snapshot({
        status: 'PendingFulfillmentStart',
        quantity: 5,
        planId: PLANS[0]!,
        term: {},
        beneficiary: PEOPLE[0]!,
        purchaser: PEOPLE[0]!,
      }),
      undefined,
    );
    this.lastPlanId = this.#record.planId;
    if (isAutoActivated) this.#begin();
  }

  get record(): CompleteSnapshot {
    return this.#record;
  }

  /** Index of the latest state of the record. */
  get moment(): number {
    return this.#history.length - 1;
  }

  /** From now on, every answer is complete and current. */
  settle(): void {
    this.#weather = CALM;
  }

  /** Get Subscription: undefined while the purchase is not visible. `moment` is the index of the answered state. */
  answer(): { readonly seen: Snapshot | undefined; readonly moment: number } {
    const latest = this.moment;
    const { lags, leavesOut, namesPeopleLate, sendsOddTerms } = this.#weather;
    this.#seen = lags ? this.#pick([this.#seen, Math.min(this.#seen + 1, latest), latest]) : latest;
    const whole = this.#history[this.#seen];
    if (!whole) return { seen: undefined, moment: this.#seen };
    const isActive = whole.status !== 'PendingFulfillmentStart';
    const named = namesPeopleLate && !isActive ? { beneficiary: {}, purchaser: {} } : {};
    const isOdd = sendsOddTerms && isActive && this.#pick([true, false, false]);
    const term = isOdd ? { term: { startDate: MOMENT, endDate: MOMENT } } : {};
    const seen = { ...whole, ...named, ...term };
    return { seen: leavesOut ? this.#poor(seen) : seen, moment: this.#seen };
  }

  #poor(seen: Snapshot): Snapshot {
    if (this.#poorInARow === MOST_POOR_IN_A_ROW || this.#pick([true, false])) {
      this.#poorInARow = 0;
      return seen;
    }
    this.#poorInARow += 1;
    const left = OPTIONAL.filter(() => this.#pick([true, false]));
    const people = this.#pick([{}, {}, { beneficiary: {} }, { purchaser: {} }]);
    const absent = Object.fromEntries(left.map((field) => [field, undefined]));
    return { ...seen, ...people, ...absent, term: this.#pick([seen.term, {}]) };
  }

  get #record(): CompleteSnapshot {
    return this.#history.at(-1)!;
  }

  set #record(record: CompleteSnapshot) {
    this.#history.push(record);
  }

  count(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Receives our Activate call. A repeat changes nothing. */
  receiveActivate(): void {
    if (this.#record.status !== 'PendingFulfillmentStart' || this.#isActivating) return;
    this.#isActivating = true;
    this.callsToActivate += 1;
  }

  /** Performs an action if it is allowed. Returns whether Microsoft sends a notification of it. */
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
      case 'transfer': {
        if (status === 'Unsubscribed') return false;
        const beneficiary = this.#pick(PEOPLE);
        this.#record = { ...this.#record, beneficiary, purchaser: this.#pick(PEOPLE) };
        this.#done(action);
        return false;
      }
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
    // Microsoft no longer sends seats and dates.
    this.#record = { ...this.#record, status: 'Unsubscribed', quantity: null, term: {} };
    return this.#done('cancel');
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
