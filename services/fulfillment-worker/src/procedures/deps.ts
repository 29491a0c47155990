import type { WorkerDeps } from '../publishers.ts';

/** What a command that stores its intent works with: it calls nobody. Wake-ups come after a commit. */
export interface CommandDeps extends Omit<WorkerDeps, 'publishers'> {
  readonly wakeLanes: () => void;
  readonly wakeRelay: () => void;
}

/** What any procedure works with. */
export interface ProcedureDeps extends CommandDeps, WorkerDeps {}
