import type { Fulfillment } from '@landfall/marketplace/fulfillment.ts';
import type { ObserverDeps } from '../observe-subscription.ts';

/** What a procedure works with. The wake-ups come after a commit that put something there. */
export interface ProcedureDeps extends ObserverDeps {
  readonly fulfillment: Fulfillment;
  readonly wakeLanes: () => void;
  readonly wakeRelay: () => void;
  /** The marketplace is on this machine, so the product may be too; absent means no. */
  readonly isLocal?: boolean | undefined;
}
