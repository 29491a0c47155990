import type { Stage } from '../stage.ts';

export interface Scenario {
  readonly name: string;
  /** What is promised; printed above the steps and used as the test's title. */
  readonly guarantee: string;
  /** It turns the marketplace's clock, which all others live by: nothing plays beside it. */
  readonly movesClock?: true;
  readonly play: (stage: Stage) => Promise<void>;
}
