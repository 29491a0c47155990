import pg from 'pg';
import { alertRules } from '@landfall/contracts/alerts';
import { streams } from '@landfall/contracts/streams';
import type { NatsNode, RunningNatsCluster } from '@landfall/servers/nats-cluster';
import type { ChaosFixture } from '../chaos/fixture.ts';
import { Ledger } from '../chaos/ledger.ts';
import { policy } from '../chaos/policy.ts';
import { Random } from '../chaos/random.ts';
import { settle } from '../chaos/settle.ts';
import { trade } from '../chaos/trade.ts';
import { StartError } from '../launch/supervised-process.ts';
import type { Drill, DrillContext } from './drill.ts';

const NODES = 3;
const SEED = 20_261_130;
/** The stream with the most facts; its leader is the node that is missed most. */
const WATCHED = streams.fulfillment;
/** Traffic after each loss, so that facts which waited for an election have arrived. */
const DEFAULT_SECONDS = 15;
/**
 * The longest that a fact may take while a cluster of three elects: two elections of six seconds (the stream's and its
 * consumer's), the five seconds after which a client asks a new leader, and a loaded machine.
 */
const LONGEST_WAIT_MS = 30_000;

/** It counts failed pages of ten minutes, in which a drill plays several losses. */
const CUMULATIVE = 'BuyersTurnedAway';

interface Loss {
  readonly name: string;
  /** Whether the short form includes it. */
  readonly isBrief?: boolean;
  readonly play: (run: Run) => Promise<void>;
  /** Starts the lost nodes again after the traffic. */
  readonly mend?: (run: Run) => Promise<void>;
}

interface Run {
  readonly context: DrillContext;
  readonly system: ChaosFixture;
  readonly cluster: RunningNatsCluster;
  readonly seconds: number;
  /** The node that is down. */
  away: NatsNode | undefined;
}

const losses: readonly Loss[] = [
  {
    name: 'leader killed',
    isBrief: true,
    play: async (run) => (await take(run, 'leader')).kill(),
    mend: (run) => bringBack(run),
  },
  {
    name: 'follower killed',
    play: async (run) => (await take(run, 'follower')).kill(),
    mend: (run) => bringBack(run),
  },
  {
    name: "leader's disk lost",
    play: async (run) => (await take(run, 'leader')).loseDisk(),
    mend: (run) => bringBack(run),
  },
  { name: 'rolling restart', play: restartOneByOne },
  {
    name: 'all nodes killed',
    async play({ cluster }) {
      await cluster.kill();
      await cluster.restart();
    },
  },
];

export const nats: Drill = {
  name: 'nats',
  summary:
    'nodes of a three-node NATS cluster are killed, emptied and restarted under traffic; nothing is lost',
  flags: [
    {
      name: 'seconds',
      value: 'N',
      help: `traffic after each loss (default ${DEFAULT_SECONDS})`,
    },
    { name: 'brief', help: 'lose only a leader, and do not compare records' },
  ],
  async play(context) {
    const isBrief = context.flags['brief'] !== undefined;
    const seconds = Number(context.flags['seconds'] ?? DEFAULT_SECONDS);
    if (!(seconds >= 0)) throw new StartError('--seconds takes a number.');
    await using system = await context.openStack({ natsNodes: NODES });
    const { natsCluster: cluster } = system;
    if (!cluster) throw new Error('the system was started without a cluster');
    const run: Run = { context, system, cluster, seconds, away: undefined };
    const ledger = new Ledger();
    await system.client.api.policies.put.mutate(policy);
    await whole(run);
    const end = new AbortController();
    const until = AbortSignal.any([end.signal, context.signal]);
    const trading = trade(system, ledger, { ids: [], random: new Random(SEED) }, until);
    trading.catch(() => undefined);
    try {
      await context.until('there are facts', () => ledger.activated.size > 0);
      for (const loss of losses) if (!isBrief || loss.isBrief) await suffer(run, loss);
    } finally {
      end.abort();
      await trading;
    }
    if (!isBrief) await compare(run, ledger);
  },
};

/** Plays a loss under traffic, and reports how long facts waited because of it. */
async function suffer(run: Run, loss: Loss): Promise<void> {
  const { context, system, seconds } = run;
  context.say(loss.name);
  const since = new Date();
  const refusedBefore = await refusals(system);
  await loss.play(run);
  await context.pause(seconds * 1000);
  const alerts = await activeAlerts(system);
  await loss.mend?.(run);
  await whole(run);
  const waitedMs = await context.until('every fact since the loss has arrived', () =>
    longestWait(system, since),
  );
  context.figure(`${loss.name}: longest wait of a fact`, `${(waitedMs / 1000).toFixed(1)} s`);
  await context.until('every service answers', () => everyoneAnswers(system));
  const refused = (await refusals(system)) - refusedBefore;
  context.figure(`${loss.name}: webhook calls answered 5xx, which Microsoft repeats`, refused);
  context.expect(
    `${loss.name}: facts wait less than ${LONGEST_WAIT_MS / 1000} seconds`,
    waitedMs < LONGEST_WAIT_MS,
    `${Math.round(waitedMs)} ms`,
  );
  const letters = (await system.bus.streamState(streams.deadLetters.name))?.lastSequence;
  context.expect(`${loss.name}: no dead letter`, letters === 0, `${letters} dead letters`);
  context.expect(`${loss.name}: no alert`, alerts.length === 0, alerts.join(', '));
}

async function take(run: Run, role: 'leader' | 'follower'): Promise<NatsNode> {
  const cluster = (await run.system.bus.streamState(WATCHED.name))?.cluster;
  const name = role === 'leader' ? cluster?.leader : cluster?.replicas[0]?.node;
  const node = run.cluster.nodes.find(({ nodeName }) => nodeName === name);
  if (!node) throw new Error(`${WATCHED.name} has no ${role}`);
  run.away = node;
  return node;
}

async function bringBack(run: Run): Promise<void> {
  await run.away?.restart();
  run.away = undefined;
}

async function restartOneByOne(run: Run): Promise<void> {
  for (const node of run.cluster.nodes) {
    await node.stop();
    await node.restart();
    await whole(run);
  }
}

/** Waits until every node has a current copy of every stream. */
async function whole({ context, system }: Run): Promise<void> {
  const { bus } = system;
  await context.until('every node has a copy of every stream', async () => {
    const states = await Promise.all(
      Object.values(streams).map(({ name }) => bus.streamState(name).catch(() => undefined)),
    );
    return states.every((state) => {
      const { leader, replicas = [] } = state?.cluster ?? {};
      const current = replicas.filter(({ isBehind }) => !isBehind);
      return leader !== undefined && current.length === NODES - 1;
    });
  });
}

/** Undefined while a fact since then has not arrived at billing-sync. */
async function longestWait({ databaseUrl }: ChaosFixture, since: Date) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ missing: number; waited: number | null }>(
      `select count(*) filter (where i.message_id is null)::int as missing,
         extract(epoch from max(i.received_at - o.occurred_at))::float8 * 1000 as waited
       from fulfillment.outbox o left join billing.inbox i on i.message_id = o.message_id
       where o.subject like 'fulfillment.subscription.%' and o.occurred_at > $1
         and o.occurred_at < now() - interval '1 second'`,
      [since],
    );
    const [row] = rows;
    return row?.missing === 0 && row.waited !== null ? row.waited : undefined;
  } finally {
    await client.end();
  }
}

async function refusals({ client }: ChaosFixture): Promise<number> {
  const { deliveries } = await client.control.state();
  return deliveries
    .flatMap(({ attempts }) => attempts)
    .filter(({ status }) => status !== null && status >= 500).length;
}

/** The alerts that reach a person. The list also names a service that has not answered just now. */
async function activeAlerts({ client }: ChaosFixture): Promise<string[]> {
  const { firing } = await client.api.alerts.list.query({});
  const { forMs } = alertRules.ServiceSilent;
  return firing
    .filter(({ alert, since }) =>
      alert === 'ServiceSilent' ? Date.now() - Date.parse(since) > forMs : alert !== CUMULATIVE,
    )
    .map(({ alert }) => alert);
}

async function everyoneAnswers({ client }: ChaosFixture): Promise<boolean> {
  const { services } = await client.api.alerts.list.query({});
  return services.every(({ answers }) => answers);
}

async function compare({ context, system }: Run, ledger: Ledger): Promise<void> {
  const breaches = await settle(system, ledger, {
    seed: SEED,
    onProgress: (line) => context.say(line),
    signal: context.signal,
  });
  context.figure('purchases', ledger.counts.get('purchases') ?? 0);
  context.figure('facts', ledger.counts.get('facts') ?? 0);
  context.figure('webhook calls', ledger.counts.get('notifications') ?? 0);
  const first = breaches[0];
  context.expect(
    'nothing is lost, repeated or contradicted, on both sides',
    breaches.length === 0 && !context.signal.aborted,
    first && `${breaches.length} breaches, first: ${first.guarantee}: ${first.found}`,
  );
}
