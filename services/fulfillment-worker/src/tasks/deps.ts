import type { PublisherDeps } from '../publishers.ts';

/** What a task works with: our record, its publisher's access to Microsoft's, a clock and a log. */
export type TaskDeps = PublisherDeps;
