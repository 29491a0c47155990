import { Agent, request } from 'node:http';
import { until } from '@landfall/servers/wait';
import { Buyer } from '@landfall/stack/buyer';
import { buy, confirmOnLandingPage } from '@landfall/stack/scenarios/buying';
import { openStackClient, type StackClient } from '@landfall/stack/stack-client';
import { openThrowAwayStack } from '@landfall/stack/throw-away-stack';
import { check, type Benchmark } from '../harness/compare.ts';
import { quantile } from '../harness/statistics.ts';

/** Enough to open connections, compile code and fill caches, as in a running system. */
const WARM_UP_ROUNDS = 30;
/** Requests for each page in one run. The slowest two are above p99. */
const ROUNDS = 200;
const MAX_P50_MS = 15;
const MAX_P99_MS = 20;

interface Page {
  readonly name: string;
  readonly url: string;
  readonly cookie: string;
}

/** One caller, whose requests alternate between the pages: a buyer waits for one page at a time. */
export const landing: Benchmark = {
  name: 'landing',
  about: "first byte of the buyer's pages that do not ask Microsoft, through the gateway",
  async run(context) {
    await using stack = await openThrowAwayStack(() => undefined);
    const pages = await pagesOf(openStackClient(stack.description));
    using asker = openAsker();
    await roundsOf(pages, asker, WARM_UP_ROUNDS);
    const runs: ReadonlyMap<string, readonly number[]>[] = [];
    for (let run = 0; run < context.pairs; run += 1) {
      runs.push(await roundsOf(pages, asker, ROUNDS));
    }
    for (const { name } of pages) {
      const isGoal = name !== BARE;
      for (const [share, label, goal] of [
        [0.5, 'p50', MAX_P50_MS],
        [0.99, 'p99', MAX_P99_MS],
      ] as const) {
        let run = 0;
        await check(context, {
          name: `landing, ${name}, ${label}`,
          unit: 'ms',
          isWarm: true,
          ours: {
            name: 'landing',
            run: async () => ({ value: quantile(runs[run++]?.get(name) ?? [], share) }),
          },
          ...(isGoal ? { goal: { atMost: goal } } : {}),
        });
      }
    }
  },
};

const BARE = "the gateway's own answer";

/** Asks for each page in turn, so that a busy moment does not fall on one of them. */
async function roundsOf(
  pages: readonly Page[],
  asker: Asker,
  rounds: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map(pages.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const page of pages) times.get(page.name)?.push(await asker.firstByteMs(page));
  }
  return times;
}

async function pagesOf(place: StackClient): Promise<readonly Page[]> {
  const { gatewayUrl, landingUrl } = place.stack;
  const bought = await buy({ client: place }, { offerId: 'analytics', planId: 'starter' });
  const { subscriptionId } = bought;
  const ready = await confirmOnLandingPage({ client: place }, bought.landingUrl);
  await until('the subscription is active', async () => {
    const { status } = await place.api.subscriptions.get.query({ subscriptionId });
    return status === 'Subscribed' ? true : undefined;
  });
  const ada = new Buyer(place.person('ada'));
  const list = `${landingUrl}/subscriptions`;
  await ada.open(list);
  const asAda = (name: string, url: string) => ({ name, url, cookie: ada.cookiesFor(url) });
  return [
    { name: BARE, url: `${gatewayUrl}/healthz`, cookie: '' },
    { name: 'page without a link', url: landingUrl, cookie: '' },
    asAda('progress of a purchase', ready.url),
    asAda('list of subscriptions', list),
    asAda('manage page', `${list}/${subscriptionId}`),
    asAda('history', `${list}/${subscriptionId}/history`),
  ];
}

interface Asker extends Disposable {
  /** The time until the response headers arrive. Reads the body too, so that the connection is free again. */
  firstByteMs(page: Page): Promise<number>;
}

/** Node's plain client, because `fetch` adds a millisecond of its own now and then. */
function openAsker(): Asker {
  const agent = new Agent({ keepAlive: true });
  return {
    firstByteMs: ({ name, url, cookie }) =>
      new Promise((resolve, reject) => {
        const startedAt = performance.now();
        const asked = request(url, { agent, headers: { cookie } }, (answer) => {
          const tookMs = performance.now() - startedAt;
          answer.resume();
          answer.once('error', reject);
          answer.once('end', () => {
            if (answer.statusCode === 200) return resolve(tookMs);
            reject(new Error(`${name} was answered ${answer.statusCode}`));
          });
        });
        asked.once('error', reject);
        asked.end();
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
