import { parseArgs } from 'node:util';
import { UsageError } from '../options.ts';

export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly workers: number;
  readonly json: boolean;
  /** Where Microsoft's pages and its behaviour differ, the seed chooses; else it is as documented. */
  readonly odd: boolean;
  /** Leaves the folder with data and logs where it is. */
  readonly keep: boolean;
}

/** A night and a day; beyond it the marketplace's state in memory is the limit. */
const MAX_MINUTES = 24 * 60;
const MAX_WORKERS = 8;
const MAX_SEED = 0x7fff_ffff;

export const chaosHelp = `Usage: npm run chaos [-- flags]

Starts a system of its own in a temporary folder, lets customers buy and change, kills services,
workers, PostgreSQL and nats-server (SIGKILL) while the marketplace errs, and then compares both
sides down to the last notification. Exit code 1 at the first guarantee that does not hold.

  --minutes N    how long to disturb (default 2; fractions are fine)
  --seed S       the choices to make again (default: a new seed, printed)
  --workers N    fulfillment-workers (2 to ${MAX_WORKERS}, default 2)
  --odd          the marketplace behaves in ways that its pages do not tell, chosen by the seed
  --json         one JSON object on stdout at the end, progress on stderr
  --keep         keep the folder with data and logs
  --help         this text
`;

/** Reads the flags of `npm run chaos`; 'help' when the text is asked for. Throws UsageError. */
export function parseChaosOptions(argv: readonly string[]): ChaosOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  const seed = values.seed ?? String(Date.now() % MAX_SEED);
  return {
    minutes: number('--minutes', values.minutes ?? '2', { min: 0.1, max: MAX_MINUTES }),
    seed: number('--seed', seed, { min: 0, max: MAX_SEED, whole: true }),
    workers: number('--workers', values.workers ?? '2', { min: 2, max: MAX_WORKERS, whole: true }),
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
        odd: { type: 'boolean' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : 'unreadable flags', { cause });
  }
}
