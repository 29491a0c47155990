import { decide, type SubscriptionCommand } from '../src/decide.ts';
import type { SubscriptionEvent } from '../src/events.ts';
import { evolve } from '../src/evolve.ts';
import { observe } from '../src/observe.ts';
import { isPending, type Subscription } from '../src/subscription.ts';
import type { MarketplaceModel } from './marketplace-model.ts';

/** Somebody at work: each step may come at any time, everything may happen between two of them. */
export type Actor = Generator<undefined, void, void>;

const AT = new Date('2026-01-06T00:00:00Z');
const PROVISION_BY = new Date('2026-01-07T00:00:00Z');

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
  readonly #microsoft: MarketplaceModel;
  readonly #waitsForProduct: boolean;

  constructor(microsoft: MarketplaceModel, waitsForProduct: boolean) {
    this.#microsoft = microsoft;
    this.#waitsForProduct = waitsForProduct;
  }

  /** A notification, a landing visit, a look of reconciliation: they all read and record. */
  *reader(): Actor {
    for (;;) {
      const before = this.version;
      yield;
      const seen = this.#microsoft.record;
      yield;
      if (this.version !== before) continue;
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
      return;
    }
  }

  /** A buyer confirms: intent first, then a reading, the call, and what came of it. */
  *activation(): Actor {
    yield* this.reader();
    this.#command(
      this.#waitsForProduct
        ? { type: 'activate', provisionBy: PROVISION_BY }
        : { type: 'activate' },
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
  }
}
