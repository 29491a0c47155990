import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAcceptBench } from './accept.ts';
import { runOurs } from './fulfil.ts';
import { compare, type Benchmark, type Measured, type Side } from '../harness/compare.ts';
import { openNotifications } from '../fulfil/notifications.ts';

/** The default share of requests that are recorded. */
const SAMPLED = 0.05;
/** Enough recorded spans that the code behind them is compiled for most of the run, as it is in production. */
const SUBSCRIPTIONS = 3_000;
/** The processor may cost a twentieth more. */
const GOAL = { ratioAtLeast: 0.95 };

/**
 * Compares the processor time that a service needs, because the rate of a busy machine varies by more than what tracing costs.
 */
export const tracing: Benchmark = {
  name: 'tracing',
  about: 'what traces cost at the default sampling, in processor time of the service',
  async run(context) {
    await using collector = await startSink();
    const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    {
      await using bench = await openAcceptBench();
      await using traced = await bench.startIngest(settings);
      await compare(context, {
        name: 'accept with traces, per second of processor',
        unit: '/s',
        ours: perCpuSecond(bench.ingest({ repeatEvery: 0, by: traced }), 'ingest µs', 1e6),
        peer: perCpuSecond(bench.ingest({ repeatEvery: 0 }), 'ingest µs', 1e6),
        goal: GOAL,
      });
    }
    await using on = await openNotifications();
    const one = { latencyMs: 0, workers: 1, subscriptions: SUBSCRIPTIONS };
    const worker = (name: string, setting: Parameters<typeof runOurs>[1]): Side =>
      perCpuSecond({ name, run: () => runOurs(on, setting) }, 'worker ms', 1e3);
    await compare(context, {
      name: 'fulfil with traces, per second of processor',
      unit: '/s',
      ours: worker('with traces', { ...one, settings, sampled: SAMPLED }),
      peer: worker('without traces', one),
      goal: GOAL,
    });
  },
};

/** How much a second of the service's processor time does. `each` is the figure with the cost of one, `second` a second in its unit. */
function perCpuSecond(side: Side, each: string, second: number): Side {
  return {
    name: 'without traces',
    async run(): Promise<Measured> {
      const { value, also = {} } = await side.run();
      return {
        value: second / Number(also[each]),
        also: { ...also, 'per second': Math.round(value) },
      };
    },
  };
}

/** A collector that takes spans and forgets them. */
async function startSink(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((req, res) => req.resume().once('end', () => res.end()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
