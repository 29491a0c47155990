import type { z } from 'zod';
import type { ServiceName } from '@landfall/contracts/services.ts';
import type { BaseConfig } from './config.ts';
import type { Logger } from './log.ts';

export interface Runtime {
  readonly log: Logger;
  readonly now: () => Date;
}

/** What `start` hands back: closing it stops the service; `url` is where it listens. */
export type RunningService = AsyncDisposable & { readonly url?: string | undefined };

export async function run<C extends BaseConfig>(
  _name: ServiceName,
  _schema: z.ZodType<C>,
  _start: (config: C, runtime: Runtime) => Promise<RunningService>,
): Promise<void> {
  throw new Error('being written');
}
