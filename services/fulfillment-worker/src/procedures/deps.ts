import type { WorkerDeps } from '../publishers.ts';

/** What a command needs that only stores its intent. Wake-ups come after the commit. */
export interface CommandDeps extends Omit<WorkerDeps, 'publishers'> {
  readonly wakeLanes: () => void;
  readonly wakeRelay: () => void;
}

/** What any procedure may need. */
export interface ProcedureDeps extends CommandDeps, WorkerDeps {}
