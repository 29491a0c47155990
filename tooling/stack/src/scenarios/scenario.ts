import type { ScenarioFixture } from '../fixture/scenario-fixture.ts';

export interface Scenario {
  readonly name: string;
  /** What is promised; printed above the steps and used as the test's title. */
  readonly guarantee: string;
  /** It changes what all others live by, such as the marketplace's clock: nothing plays beside it. */
  readonly playsAlone?: true;
  readonly play: (fixture: ScenarioFixture) => Promise<void>;
}
