import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@landfall/servers/wait';
import { openChaosFixture, type ChaosFixture, type ChaosFixtureOptions } from '../chaos/fixture.ts';
import { StartError } from '../launch/supervised-process.ts';

/** A rehearsal of a loss: its name, what it shows, and its own flags. */
export interface Drill {
  readonly name: string;
  /** One line: what is lost, and what must hold afterwards. */
  readonly summary: string;
  readonly flags?: readonly DrillFlag[];
  /** Plays it. A broken guarantee is reported with `context.expect`; it throws only if it cannot run. */
  readonly play: (context: DrillContext) => Promise<void>;
}

export interface DrillFlag {
  readonly name: string;
  /** The name of its value in the help, which is a number above 0; absent for a flag without a value. */
  readonly value?: string;
  readonly help: string;
}

/** The flags of a run, by name. A flag without a value is 'true'. */
export type DrillFlags = Readonly<Record<string, string | undefined>>;

/** What a drill works with. */
export interface DrillContext {
  readonly flags: DrillFlags;
  /** Aborted by Ctrl-C. `pause`, `until`, `expect` and `openStack` then throw {@link Interrupted}. */
  readonly signal: AbortSignal;
  /** Reports progress. */
  readonly say: (line: string) => void;
  /** Adds a line to the report's table. */
  readonly figure: (name: string, value: string | number) => void;
  /** Records whether a guarantee held. `found` says what was seen instead. */
  readonly expect: (guarantee: string, holds: boolean, found?: string) => void;
  /**
   * Starts a separate system from the bundles in a temporary folder: PostgreSQL, nats-server, emulator and services.
   * Disposing stops it and removes the folder.
   */
  readonly openStack: (options?: Partial<ChaosFixtureOptions>) => Promise<ChaosFixture>;
  /** Waits until `ask` has an answer; throws after a generous time. */
  readonly until: typeof until;
  /** Waits for a fixed time, which is the length of a disturbance. Never used to wait for a condition. */
  readonly pause: (ms: number) => Promise<void>;
}

export interface DrillReport {
  readonly drill: string;
  readonly isComplete: boolean;
  readonly seconds: number;
  readonly figures: readonly { readonly name: string; readonly value: string }[];
  /** The guarantees that held, and the broken ones with what was found instead. */
  readonly held: readonly string[];
  readonly broken: readonly { readonly guarantee: string; readonly found: string }[];
}

/** The drill needs a program or a right that this machine does not have. The message says which, and how to get it. */
export class NotPossibleHere extends StartError {
  override readonly name = 'NotPossibleHere';
}

/** The run was stopped by Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export interface DrillRun {
  readonly flags?: DrillFlags;
  readonly keep?: boolean;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Plays one drill, as `npm run drill` and the tests do. */
export async function playDrill(drill: Drill, run: DrillRun): Promise<DrillReport> {
  const startedAt = performance.now();
  const figures: { name: string; value: string }[] = [];
  const held: string[] = [];
  const broken: { guarantee: string; found: string }[] = [];
  const context: DrillContext = {
    ...waiting(run.signal),
    flags: run.flags ?? {},
    say: run.say,
    figure: (name, value) => figures.push({ name, value: String(value) }),
    expect(guarantee, holds, found = 'it did not hold') {
      // What was cut short may have found nothing wrong because it did not look.
      throwIfInterrupted(run.signal);
      if (holds) held.push(guarantee);
      else broken.push({ guarantee, found });
      run.say(`${holds ? 'held' : 'BROKEN'}: ${guarantee}${holds ? '' : ` (${found})`}`);
    },
    async openStack(options = {}) {
      throwIfInterrupted(run.signal);
      const onStep = (step: string) => run.say(`starting: ${step}`);
      return openChaosFixture({ workers: 1, keep: run.keep ?? false, onStep, ...options });
    },
  };
  let isComplete = true;
  try {
    await drill.play(context);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    isComplete = false;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return { drill: drill.name, isComplete, seconds, figures, held, broken };
}

function waiting(signal: AbortSignal): Pick<DrillContext, 'signal' | 'until' | 'pause'> {
  return {
    signal,
    until: (what, ask, options) =>
      until(
        what,
        () => {
          throwIfInterrupted(signal);
          return ask();
        },
        options,
      ),
    async pause(ms) {
      await delay(ms, undefined, { signal }).catch(() => undefined);
      throwIfInterrupted(signal);
    },
  };
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted('the drill was interrupted');
}
