import { parseArgs } from 'node:util';
import { readNatsNodes, UsageError } from '../options.ts';

export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly workers: number;
  /** 1: a single nats-server. */
  readonly natsNodes: number;
  readonly json: boolean;
  /**
   * Lets the seed choose between documented and measured behaviour; otherwise it is as documented.
   */
  readonly odd: boolean;
  /** Keeps the folder with data and logs. */
  readonly keep: boolean;
}

/** One day. Longer runs reach the limit of the marketplace's state, which is in memory. */
const MAX_MINUTES = 24 * 60;
const MAX_WORKERS = 8;
const MAX_SEED = 0x7fff_ffff;

export const chaosHelp = `Usage: npm run chaos [-- flags]

Starts a separate system in a temporary folder. While customers buy and change subscriptions, the
marketplace has faults, and services, workers, PostgreSQL and nats-server are killed (SIGKILL).
Then compares every record of Landfall with the marketplace's.
Exit code 1: a guarantee is broken. 130: interrupted.

  --minutes N    duration of the disturbance (default 2; fractions are allowed)
  --seed S       repeat the choices of an earlier run (default: a new seed, which is printed)
  --workers N    number of fulfillment-workers (2 to ${MAX_WORKERS}, default 2)
  --nats-nodes N NATS as a cluster of N nodes (1, 3 or 5, default 1), killed one at a time
  --odd          switch on undocumented behaviour of the marketplace, chosen by the seed
  --json         print one JSON object to stdout at the end, and progress to stderr
  --keep         keep the folder with data and logs
  --help         show this text
`;

/** Reads the flags of `npm run chaos`; returns 'help' for --help. Throws UsageError. */
export function parseChaosOptions(argv: readonly string[]): ChaosOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  const seed = values.seed ?? String(Date.now() % MAX_SEED);
  return {
    minutes: number('--minutes', values.minutes ?? '2', { min: 0.1, max: MAX_MINUTES }),
    seed: number('--seed', seed, { min: 0, max: MAX_SEED, whole: true }),
    workers: number('--workers', values.workers ?? '2', { min: 2, max: MAX_WORKERS, whole: true }),
    natsNodes: readNatsNodes(values['nats-nodes']),
    odd: values.odd ?? false,
    json: values.json ?? false,
    keep: values.keep ?? false,
  };
}

function number(
  flag: string,
  text: string,
  range: { readonly min: number; readonly max: number; readonly whole?: boolean },
): number {
  const value = Number(text);
  const fits =
    value >= range.min && value <= range.max && (!range.whole || Number.isInteger(value));
  if (!fits) {
    const kind = range.whole ? 'a whole number' : 'a number';
    throw new UsageError(`${flag} takes ${kind} from ${range.min} to ${range.max}`);
  }
  return value;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        minutes: { type: 'string' },
        seed: { type: 'string' },
        workers: { type: 'string' },
        'nats-nodes': { type: 'string' },
        odd: { type: 'boolean' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : 'the flags cannot be read', {
      cause,
    });
  }
}
