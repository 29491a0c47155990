import { decide, type SubscriptionCommand } from '../src/decide.ts';
import type { SubscriptionEvent } from '../src/events.ts';
import { evolve } from '../src/evolve.ts';
import { observe } from '../src/observe.ts';
import { isPending, type Subscription } from '../src/subscription.ts';
import type { MarketplaceModel } from './marketplace-model.ts';

/** Somebody at work: each step may come at any time, everything may happen between two of them. */
export type Actor = Generator<undefined, void, void>;

const AT = new Date('2026-01-06T00:00:00Z');

/**
 * Our side of one subscription, with the one protocol of writing: a reading counts only for the
 * version of our record from before it, else it is made again.
 */
export class RecordModel {
  state: Subscription | undefined;
  version = 0;
  readonly events: SubscriptionEvent[] = [];
  readonly #microsoft: MarketplaceModel;

  constructor(microsoft: MarketplaceModel) {
    this.#microsoft = microsoft;
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
      return;
    }
  }

  /** A buyer confirms: intent first, then a reading, the call, and what came of it. */
  *activation(): Actor {
    yield* this.reader();
    this.#command({ type: 'activate' });
    yield;
    yield* this.reader();
    if (!this.state || !isPending(this.state)) return;
    if (this.state.activation.state !== 'requested') return;
    yield;
    this.#microsoft.receiveActivate();
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
