import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from '@landfall/servers/running-server';
import type { SupervisedProcess } from '../launch/supervised-process.ts';
import type { Random } from './random.ts';

/** The pause between two kills: long enough for the processes to do some work. */
const SERVICE_PAUSE_MS = { min: 400, max: 3_600 };
/** All services depend on the servers. More kills would test only reconnecting. */
const SERVER_PAUSE_MS = { min: 4_000, max: 14_000 };
/** From hardly noticeable, to longer than any call waits. */
const SERVER_AWAY_MS = { min: 0, max: 3_000 };
/**
 * Longer than the worker's lease of fifteen seconds, so that another worker has taken over its
 * lanes.
 */
const FREEZE_MS = 18_000;
const FREEZE_CHANCE = 0.04;

/** Workers have the most state that can break. The others are killed often enough. */
const WEIGHTS: Readonly<Record<string, number>> = {
  'fulfillment-worker': 4,
  'webhook-ingest': 3,
  'billing-sync': 2,
  gateway: 1.5,
  landing: 1,
};

export interface Killer {
  /** The number of SIGKILLs by kind, with frozen processes counted separately. */
  readonly kills: ReadonlyMap<string, number>;
  /** Resolves when the kills have ended and every unsupervised server runs again. */
  readonly finished: Promise<void>;
}

/**
 * Kills at random until the signal: services one at a time, and in parallel PostgreSQL and NATS.
 */
export function startKiller(
  victims: {
    readonly services: readonly SupervisedProcess[];
  } & Servers,
  random: Random,
  signal: AbortSignal,
): Killer {
  const kills = new Map<string, number>();
  const count = (kind: string) => kills.set(kind, (kills.get(kind) ?? 0) + 1);
  const loops = [
    killServices(victims.services, { random: random.fork(), signal, count }),
    killServers(victims, { random: random.fork(), signal, count }),
  ];
  return { kills, finished: Promise.all(loops).then(() => undefined) };
}

type Killable = Pick<RunningServer, 'kill' | 'restart'>;

interface Servers {
  readonly postgres: Killable;
  readonly nats: Killable;
  /** If present, its nodes are killed one at a time, because a cluster survives that. */
  readonly natsCluster?: { readonly nodes: readonly Killable[] } | undefined;
}

interface Hunt {
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly count: (kind: string) => void;
}

async function killServices(services: readonly SupervisedProcess[], hunt: Hunt): Promise<void> {
  const { random, signal, count } = hunt;
  const weighted = services.map((one) => [one, WEIGHTS[kindOf(one)] ?? 1] as const);
  const frozen = new Set<Promise<void>>();
  while (await pause(random.whole(SERVICE_PAUSE_MS.min, SERVICE_PAUSE_MS.max), signal)) {
    const victim = random.weighted(weighted);
    if (random.chance(FREEZE_CHANCE)) {
      const thawed = freeze(victim, hunt).finally(() => frozen.delete(thawed));
      frozen.add(thawed);
    } else if (victim.kill()) count(kindOf(victim));
  }
  await Promise.all(frozen);
}

/**
 * A frozen process does not notice that time passes. When it continues, its leases have expired.
 */
async function freeze(victim: SupervisedProcess, { signal, count }: Hunt): Promise<void> {
  const { pid } = victim;
  if (!victim.kill('SIGSTOP')) return;
  count(`${kindOf(victim)} frozen`);
  await pause(FREEZE_MS, signal);
  if (victim.pid === pid) victim.kill('SIGCONT');
}

async function killServers(
  { postgres, nats, natsCluster }: Servers,
  { random, signal, count }: Hunt,
): Promise<void> {
  const nodes = natsCluster?.nodes ?? [nats];
  while (await pause(random.whole(SERVER_PAUSE_MS.min, SERVER_PAUSE_MS.max), signal)) {
    const [kind, server] = random.chance(0.5)
      ? (['postgres', postgres] as const)
      : (['nats-server', random.pick(nodes)] as const);
    await server.kill();
    count(kind);
    await pause(random.whole(SERVER_AWAY_MS.min, SERVER_AWAY_MS.max), signal);
    await server.restart();
  }
}

function kindOf({ name }: SupervisedProcess): string {
  return name.replace(/-\d+$/, '');
}

/** False after the signal. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
