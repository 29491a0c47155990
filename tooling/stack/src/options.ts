import { parseArgs } from 'node:util';

export interface StartOptions {
  readonly fresh: boolean;
  readonly workers: number;
  readonly seed: boolean;
  readonly natsNodes: number;
}

/** Two cores can keep about this many workers busy; with more, a laptop starts to swap. */
const MAX_WORKERS = 16;

export const startHelp = `Usage: npm start [-- flags]

Starts PostgreSQL, nats-server, the marketplace emulator and the five services,
and keeps them running until Ctrl-C. Data stays in .landfall/ for the next start.

  --fresh        delete the data of earlier starts first
  --workers N    run N fulfillment-workers (1 to ${MAX_WORKERS}, default 1)
  --nats-nodes N run NATS as a cluster of N nodes (1, 3 or 5, default 1)
  --no-seed      do not make the first purchases in a new data folder
  --help         show this text

Environment: a server or marketplace that is set here is used and not started.
  DATABASE_URL           PostgreSQL, with a role that may create roles and schemas
  NATS_URL               nats-server with JetStream; NATS_URL_GATEWAY and so on,
                         if each service has its own user
  MARKETPLACE_BASE_URL   https://marketplaceapi.microsoft.com/api; then also set
                         PUBLISHER_TENANT_ID, FULFILLMENT_CLIENT_ID,
                         FULFILLMENT_CLIENT_SECRET (or another credential, or
                         PUBLISHERS_FILE for several, see docs/going-live.md),
                         LANDING_CLIENT_ID, LANDING_CLIENT_SECRET; optional
                         ENTRA_AUTHORITY_URL. Another emulator on this machine needs
                         only this variable (see docs/local-marketplaces.md)
  PUBLIC_URL             the address at which buyers and Microsoft reach the gateway
  LANDFALL_SOURCE=1      runs the services and the emulator from their sources instead of bundles
  LANDFALL_FOLDER        folder for data, logs and stack.json (default .landfall)
  PORT                   the gateway's port (default 4400, or a free one if that is taken)
`;

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads the flags of `npm start`; returns 'help' for --help. Throws UsageError. */
export function parseStartOptions(argv: readonly string[]): StartOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  const workers = Number(values.workers ?? 1);
  if (!Number.isInteger(workers) || workers < 1 || workers > MAX_WORKERS) {
    throw new UsageError(`--workers takes a whole number from 1 to ${MAX_WORKERS}`);
  }
  const natsNodes = readNatsNodes(values['nats-nodes']);
  return { fresh: values.fresh ?? false, workers, seed: values.seed ?? true, natsNodes };
}

/** An even number of nodes survives no more losses than the odd number below it. */
const NATS_NODES: readonly number[] = [1, 3, 5];

/** The value of `--nats-nodes`. Throws UsageError. */
export function readNatsNodes(text = '1'): number {
  const nodes = Number(text);
  if (NATS_NODES.includes(nodes)) return nodes;
  throw new UsageError(`--nats-nodes takes one of ${NATS_NODES.join(', ')}`);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowNegative: true,
      options: {
        fresh: { type: 'boolean' },
        workers: { type: 'string' },
        seed: { type: 'boolean' },
        'nats-nodes': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : 'the flags cannot be read', {
      cause,
    });
  }
}
