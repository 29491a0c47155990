import { PATIENCE_MS } from '@landfall/config/patience';
import type { World } from './world.ts';
import { differences, landfallRecord, marketplaceRecord, type SeenRecord } from './records.ts';

const POLL_MS = 100;

/** One step of a scenario as it was seen, for a person's line or a program's JSON object. */
export interface StepReport {
  readonly scenario: string;
  readonly step: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly landfall?: SeenRecord | undefined;
  readonly marketplace?: SeenRecord | undefined;
  /** What the step showed beside the records, or why it failed. */
  readonly note?: string | undefined;
}

/** A guarantee did not hold. The message is for the person who reads the demo's output. */
export class BrokenGuarantee extends Error {
  override readonly name = 'BrokenGuarantee';
}

export function expectThat(holds: boolean, guarantee: string): asserts holds {
  if (!holds) throw new BrokenGuarantee(guarantee);
}

/** Asks until there is an answer; the deadline's message says what was waited for. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) {
      throw new BrokenGuarantee(`${what}: not within ${PATIENCE_MS / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Where a scenario plays: each step is done, then both sides' records are read and compared. */
export class Stage {
  readonly world: World;
  readonly #scenario: string;
  readonly #report: (step: StepReport) => void;
  #told: unknown;

  constructor(world: World, scenario: string, report: (step: StepReport) => void) {
    this.world = world;
    this.#scenario = scenario;
    this.#report = report;
  }

  /** A step that touches no subscription, or one whose guarantee `act` checks by itself. */
  async step<T>(title: string, act: () => Promise<T>, note?: (result: T) => string): Promise<T> {
    const startedAt = performance.now();
    try {
      const result = await act();
      this.#tell(title, startedAt, { ok: true, note: note?.(result) });
      return result;
    } catch (error) {
      this.#told = error;
      this.#tell(title, startedAt, { ok: false, note: reason(error) });
      throw error;
    }
  }

  /**
   * A step after which Landfall's record and the marketplace's must be the same, with the expected
   * values in both. Waits for it, because both sides work after they answer.
   */
  async agreed(
    title: string,
    subscriptionId: string,
    expected: Partial<SeenRecord>,
    act: () => Promise<unknown> = async () => undefined,
  ): Promise<void> {
    const startedAt = performance.now();
    let landfall: SeenRecord | undefined;
    let marketplace: SeenRecord | undefined;
    try {
      await act();
      await waitFor('both records agree', async () => {
        landfall = await landfallRecord(this.world, subscriptionId);
        marketplace = await marketplaceRecord(this.world, subscriptionId);
        return isAgreed(landfall, marketplace, expected) ? true : undefined;
      });
      this.#tell(title, startedAt, { ok: true, landfall, marketplace });
    } catch (error) {
      this.#told = error;
      const note = [reason(error), ...differences(landfall, marketplace, expected)].join('; ');
      this.#tell(title, startedAt, { ok: false, landfall, marketplace, note });
      throw error;
    }
  }

  /** What ended the scenario is reported once: here, unless a step has done so. */
  failedBetweenSteps(error: unknown): void {
    if (error === this.#told) return;
    this.#tell('the scenario goes on', performance.now(), { ok: false, note: reason(error) });
  }

  #tell(
    step: string,
    startedAt: number,
    seen: Pick<StepReport, 'ok' | 'landfall' | 'marketplace' | 'note'>,
  ): void {
    const ms = Math.round(performance.now() - startedAt);
    this.#report({ scenario: this.#scenario, step, ms, ...seen });
  }
}

function isAgreed(
  landfall: SeenRecord | undefined,
  marketplace: SeenRecord | undefined,
  expected: Partial<SeenRecord>,
): boolean {
  return (
    landfall !== undefined &&
    marketplace !== undefined &&
    differences(landfall, marketplace, expected).length === 0
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
