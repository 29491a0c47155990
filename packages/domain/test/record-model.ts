import { mayClaim } from '../src/claim.ts';
import { decide, type SubscriptionCommand } from '../src/decide.ts';
import type { SubscriptionEvent } from '../src/events.ts';
import { evolve } from '../src/evolve.ts';
import { observe } from '../src/observe.ts';
import { isPending, type Person, type Subscription } from '../src/subscription.ts';
import type { MarketplaceModel } from './marketplace-model.ts';

/** Somebody at work: each step may come at any time, everything may happen between two of them. */
export type Actor = Generator<undefined, void, void>;

const AT = new Date('2026-01-06T00:00:00Z');
const PROVISION_BY = new Date('2026-01-07T00:00:00Z');

/** As the worker does: the third answer counts, whatever it lacks. */
const MAX_ANSWERS = 3;

/** How often a product looks for a request before it stops: others have come to rest by then. */
const PRODUCT_LOOKS = 40;

/** `isSilent` ends like `fails`, by the time that the product was given. */
export type ProductAnswer = 'confirms' | 'fails' | 'isSilent';

/**
 * Our side of one subscription, with the one protocol of writing: a reading counts only for the
 * version of our record from before it, else it is made again.
 */
export class RecordModel {
  state: Subscription | undefined;
  version = 0;
  readonly events: SubscriptionEvent[] = [];
  /** Activations begun while the product had not confirmed the space that it was asked for. */
  callsWithoutSpace = 0;
  /** Readings that told of a plan, or of the purchase, and not of its seats. */
  seatsUnsaid = 0;
  /** Claims that were in force while their person was of another organisation. */
  wrongClaims = 0;
  readonly #microsoft: MarketplaceModel;
  readonly #waitsForProduct: boolean;

  constructor(microsoft: MarketplaceModel, waitsForProduct: boolean) {
    this.#microsoft = microsoft;
    this.#waitsForProduct = waitsForProduct;
  }

  /**
   * A notification, a landing visit, a look of reconciliation: they all read and record. Who was told of
   * something looks again until the record shows it; who was not takes what there is.
   */
  *reader(toldOf = -1): Actor {
    for (;;) {
      const before = this.version;
      yield;
      const { seen, moment } = this.#read();
      yield;
      if (this.version !== before) continue;
      if (!seen) {
        if (toldOf >= 0) continue;
        return;
      }
      if (seen.quantity === undefined && seen.planId !== this.state?.planId) this.seatsUnsaid += 1;
      const events = observe(this.state, seen);
      // A contradiction leaves the record and its version as they are.
      if (this.state && events.some(({ type }) => type === 'contradictionSeen')) {
        this.events.push(...events);
        return;
      }
      this.#write(events);
      const isNewlyActive = events.some(({ type }) => type === 'activated');
      if (isNewlyActive && this.#waitsForProduct) {
        this.#command({ type: 'requestProvisioning', provisionBy: PROVISION_BY });
      }
      if (moment >= toldOf) return;
    }
  }

  /** A buyer confirms: intent first, then a reading, the call, and what came of it. */
  *activation(claimedBy?: Person): Actor {
    yield* this.reader();
    this.#command(
      this.#waitsForProduct
        ? { type: 'activate', claimedBy, provisionBy: PROVISION_BY }
        : { type: 'activate', claimedBy },
    );
    yield* this.#callMicrosoft();
  }

  /** The ISV's product, which is asked for the customer's space and answers once, twice as told. */
  *product(answer: ProductAnswer): Actor {
    for (let look = 0; look < PRODUCT_LOOKS; look += 1) {
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
    const { provisioning } = this.state;
    const calls = this.#microsoft.callsToActivate;
    this.#microsoft.receiveActivate();
    const hasSpace = !this.#waitsForProduct || provisioning.state === 'confirmed';
    if (this.#microsoft.callsToActivate > calls && !hasSpace) this.callsWithoutSpace += 1;
    yield;
    this.#command({ type: 'recordActivationSent' });
    yield;
    yield* this.reader();
  }

  /** Asks again at once where an answer lacks what every subscription has. */
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
