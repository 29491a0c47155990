import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effects, CrashFixture, type Outcome, type Standing } from './fixture.ts';

/**
 * A point between two steps of a handler, how to bring a subscription there, and the expected
 * effects.
 */
export interface Gap {
  readonly title: string;
  /**
   * Returns the last steps separately if the process cannot wait at the point for long, or would
   * delay other gaps.
   */
  readonly reach: (fixture: CrashFixture) => Promise<Standing | LastSteps>;
  /** How often each effect must be on the timeline in the end. */
  readonly effects: Readonly<Record<string, number>>;
}

/** A gap that runs on its own, up to and including the crash. */
export interface PlayedGap {
  readonly title: string;
  /** The subscription has no open tasks at the start. */
  readonly play: (fixture: CrashFixture, subscriptionId: string) => Promise<void>;
  readonly effects: Readonly<Record<string, number>>;
}

type LastSteps = () => Promise<Standing>;

/** One worker, with one subscription in each gap. It is killed, and a new worker continues. */
export function killWorkerIn(
  gaps: readonly Gap[],
  guarantee: string,
  prepare: (fixture: CrashFixture) => Promise<unknown> = nothing,
): void {
  describe(guarantee, () => {
    let fixture: CrashFixture;
    let standing: readonly Standing[];
    let outcome: Outcome;

    beforeAll(async () => {
      fixture = await CrashFixture.open();
      await prepare(fixture);
      const reached = await Promise.all(gaps.map((gap) => gap.reach(fixture)));
      standing = await Promise.all(
        reached.map(async (one) => (typeof one === 'function' ? await one() : one)),
      );
      await fixture.crash('fulfillment-worker', standing);
      outcome = await fixture.settled();
    });
    afterAll(() => fixture?.[Symbol.asyncDispose]());

    for (const [index, gap] of gaps.entries()) {
      test(gap.title, () => {
        const { subscriptionId } = standing[index]!;
        const broken = outcome.breaches.filter((one) => one.subscriptionId === subscriptionId);
        expect(broken).toEqual([]);
        expect(effects(outcome, subscriptionId)).toEqual(gap.effects);
      });
    }

    test('no other guarantee is broken', () => {
      expect(outcome.breaches).toEqual([]);
    });
  });
}

async function nothing(): Promise<void> {}
