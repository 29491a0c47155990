import type { Fulfillment } from '@landfall/marketplace/fulfillment.ts';
import type { ObserverDeps } from '../observe-subscription.ts';

/** What a task works with: our record, Microsoft's, a clock and a log. */
export interface TaskDeps extends ObserverDeps {
  readonly fulfillment: Fulfillment;
  /** The marketplace is on this machine, so the product may be too; absent means no. */
  readonly isLocal?: boolean | undefined;
}
