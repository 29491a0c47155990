import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effects, CrashFixture, type Outcome, type Standing } from './fixture.ts';

/** A place between two steps of a handler, how to bring a subscription there, and what must come out. */
export interface Gap {
  readonly title: string;
  /** With its last steps left where it cannot stand there for long, or would hold up the others. */
  readonly reach: (fixture: CrashFixture) => Promise<Standing | LastSteps>;
  /** How often each published effect stands on the timeline in the end. */
  readonly effects: Readonly<Record<string, number>>;
}

/** A gap that is played by itself, one after the other, up to and including the crash. */
export interface PlayedGap {
  readonly title: string;
  /** The subscription is at rest before. */
  readonly play: (fixture: CrashFixture, subscriptionId: string) => Promise<void>;
  readonly effects: Readonly<Record<string, number>>;
}

type LastSteps = () => Promise<Standing>;

/** One worker, a subscription in every gap, then SIGKILL; a fresh worker finds what is left. */
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

    test('no other guarantee is broken either', () => {
      expect(outcome.breaches).toEqual([]);
    });
  });
}

async function nothing(): Promise<void> {}
