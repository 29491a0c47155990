import { mayClaim } from '../src/claim.ts';
import { decide, type SubscriptionCommand } from '../src/decide.ts';
import type { SubscriptionEvent } from '../src/events.ts';
import { evolve } from '../src/evolve.ts';
import { observe } from '../src/observe.ts';
import { isPending, type Person, type Subscription } from '../src/subscription.ts';
import type { MarketplaceModel } from './marketplace-model.ts';

/** A process. Its steps may run at any time, with steps of others in between. */
export type Actor = Generator<undefined, void, void>;

const AT = new Date('2026-01-06T00:00:00Z');
const APPROVE_BY = new Date('2026-02-05T00:00:00Z');
const PROVISION_BY = new Date('2026-01-07T00:00:00Z');

/** Like the worker: the third answer is used even if it is incomplete. */
const MAX_ANSWERS = 3;

/** How often a product or an approver checks for a request. All other actors have finished by then. */
const CHECKS = 40;

/** `isSilent` ends like `fails`, but through the deadline. */
export type ProductAnswer = 'confirms' | 'fails' | 'isSilent';

/**
 * Our side of one subscription, with the protocol for writing: a reading is written only if our record
 * still has the version from before the reading. Otherwise it is repeated.
 */
export class RecordModel {
  state: Subscription | undefined;
  version = 0;
  readonly events: SubscriptionEvent[] = [];
  /** Activations that started before the product had confirmed the requested space. */
  callsWithoutSpace = 0;
  /** Activations that started although the publisher had not approved the purchase. */
  callsWithoutApproval = 0;
  /** Readings that showed a new plan or purchase without its seats. */
  seatsUnsaid = 0;
  /** Claims by a person of another organisation. */
  wrongClaims = 0;
  readonly #microsoft: MarketplaceModel;
  readonly #waitsForProduct: boolean;
  readonly #needsApproval: boolean;

  constructor(
    microsoft: MarketplaceModel,
    settings: { readonly waitsForProduct: boolean; readonly needsApproval: boolean },
  ) {
    this.#microsoft = microsoft;
    this.#waitsForProduct = settings.waitsForProduct;
    this.#needsApproval = settings.needsApproval;
  }

  /**
   * A notification, landing visit or reconciliation: it reads and records. After a notification it reads
   * again until the record shows the state at that time; otherwise any reading is enough.
   */
  *reader(notifiedOf = -1): Actor {
    for (;;) {
      const before = this.version;
      yield;
      const { seen, moment } = this.#read();
      yield;
      if (this.version !== before) continue;
      if (!seen) {
        if (notifiedOf >= 0) continue;
        return;
      }
      if (seen.quantity === undefined && seen.planId !== this.state?.planId) this.seatsUnsaid += 1;
      const events = observe(this.state, seen);
      // A contradiction changes neither the record nor its version.
      if (this.state && events.some(({ type }) => type === 'contradictionSeen')) {
        this.events.push(...events);
        return;
      }
      this.#write(events);
      const isNewlyActive = events.some(({ type }) => type === 'activated');
      if (isNewlyActive && this.#needsApproval) this.#command({ type: 'bypassApproval' });
      if (isNewlyActive && this.#waitsForProduct) {
        this.#command({ type: 'requestProvisioning', provisionBy: PROVISION_BY });
      }
      if (moment >= notifiedOf) return;
    }
  }

  /** A buyer confirms: first the intent, then a reading, the call, and a reading of its result. */
  *activation(claimedBy?: Person): Actor {
    yield* this.reader();
    this.#command({
      type: 'activate',
      claimedBy,
      approveBy: this.#needsApproval ? APPROVE_BY : undefined,
      provisionBy: this.#waitsForProduct ? PROVISION_BY : undefined,
    });
    yield* this.#callMicrosoft();
  }

  /** A person of the publisher, who decides once the purchase waits, and clicks twice. */
  *approver(decision: 'approve' | 'decline'): Actor {
    for (let check = 0; check < CHECKS; check += 1) {
      yield;
      if (this.state?.approval.state === 'waiting') break;
    }
    const provisionBy = this.#waitsForProduct ? PROVISION_BY : undefined;
    const command =
      decision === 'approve' ? ({ type: decision, provisionBy } as const) : { type: decision };
    this.#command(command);
    this.#command(command);
    yield* this.#callMicrosoft();
  }

  /** The ISV's product, which is asked for the customer's space. It sends its answer twice. */
  *product(answer: ProductAnswer): Actor {
    for (let check = 0; check < CHECKS; check += 1) {
      yield;
      if (this.state?.provisioning.state === 'requested') break;
    }
    const command = {
      confirms: { type: 'confirmProvisioned' },
      fails: { type: 'failProvisioning', failure: 'no-space' },
      isSilent: { type: 'failProvisioning', failure: 'product-silent' },
    } as const;
    const hasWaited = this.state?.activation.state === 'provisioning';
    this.#command(command[answer]);
    this.#command(command[answer]);
    if (hasWaited) yield* this.#callMicrosoft();
  }

  *#callMicrosoft(): Actor {
    yield;
    yield* this.reader();
    if (!this.state || !isPending(this.state)) return;
    if (this.state.activation.state !== 'requested') return;
    yield;
    const { approval, provisioning } = this.state;
    const calls = this.#microsoft.callsToActivate;
    this.#microsoft.receiveActivate();
    const hasSpace = !this.#waitsForProduct || provisioning.state === 'confirmed';
    const isNewCall = this.#microsoft.callsToActivate > calls;
    if (isNewCall && !hasSpace) this.callsWithoutSpace += 1;
    const isApproved = !this.#needsApproval || approval.state === 'approved';
    if (isNewCall && !isApproved) this.callsWithoutApproval += 1;
    yield;
    this.#command({ type: 'recordActivationSent' });
    yield;
    yield* this.reader();
  }

  /** Asks again at once if an answer lacks a field that every subscription has. */
  #read(): ReturnType<MarketplaceModel['answer']> {
    for (let answers = 1; ; answers += 1) {
      const answer = this.#microsoft.answer();
      const { status, offerId, planId, allowedCustomerOperations: rights } = answer.seen ?? {};
      const isPoor = answer.seen && !(status && offerId && planId && rights);
      if (!isPoor || answers === MAX_ANSWERS) return answer;
    }
  }

  #command(command: SubscriptionCommand): void {
    if (!this.state) return;
    const decision = decide(this.state, command, AT);
    if ('events' in decision) this.#write(decision.events);
  }

  #write(events: readonly SubscriptionEvent[]): void {
    for (const event of events) {
      this.state = evolve(this.state, event);
      this.version += 1;
      this.events.push(event);
    }
    const { state } = this;
    if (state?.claimedBy && !mayClaim(state, state.claimedBy)) this.wrongClaims += 1;
  }
}
