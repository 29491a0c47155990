import type { ScenarioFixture } from '../fixture/scenario-fixture.ts';

export interface Scenario {
  readonly name: string;
  /** The promise; printed above the steps, and used as the test's title. */
  readonly guarantee: string;
  /**
   * It changes something that all scenarios share, such as the marketplace's clock, so it must run
   * alone.
   */
  readonly playsAlone?: true;
  readonly play: (fixture: ScenarioFixture) => Promise<void>;
}
