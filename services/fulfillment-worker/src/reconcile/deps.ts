import type { PublisherDeps } from '../publishers.ts';

/** What a run works with: one publisher's access, for a run is about one publisher. */
export interface ReconcileDeps extends PublisherDeps {
  readonly wakeLanes: () => void;
}
