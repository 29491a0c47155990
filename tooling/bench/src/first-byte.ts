import { parseArgs } from 'node:util';
import { Buyer } from '@landfall/stack/buyer';
import { buy, confirmOnLandingPage } from '@landfall/stack/scenarios/buying';
import { until } from '@landfall/servers/wait';
import { openThrowAwayStack } from '@landfall/stack/throw-away-stack';
import { openStackClient, type StackClient } from '@landfall/stack/stack-client';

/** Enough to open connections, compile code and fill caches, as in a running system. */
const WARM_UP_ROUNDS = 20;

interface Asked {
  readonly name: string;
  readonly url: string;
  readonly cookie: string;
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' } } });
const rounds = Number(values.rounds);

await using stack = await openThrowAwayStack(() => undefined);
const client = openStackClient(stack.description);
const pages = await pagesOf(client);
const times = new Map(pages.map(({ name }) => [name, [] as number[]]));
for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
  for (const page of pages) {
    const took = await firstByteMs(page);
    if (round >= WARM_UP_ROUNDS) times.get(page.name)?.push(took);
  }
}
for (const [name, took] of times) {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  console.log(`${name.padEnd(34)} p50 ${at(0.5).padStart(6)} ms   p99 ${at(0.99).padStart(6)} ms`);
}

async function pagesOf(place: StackClient): Promise<readonly Asked[]> {
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
    { name: 'bare answer of the gateway', url: `${gatewayUrl}/healthz`, cookie: '' },
    { name: 'landing page without a link', url: landingUrl, cookie: '' },
    asAda('progress of a purchase', ready.url),
    asAda('list of subscriptions', list),
    asAda('manage page', `${list}/${subscriptionId}`),
    asAda('history', `${list}/${subscriptionId}/history`),
  ];
}

/**
 * The time until the response headers arrive. Reads the body too, so that the connection is free
 * again.
 */
async function firstByteMs({ name, url, cookie }: Asked): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(url, { headers: { cookie }, redirect: 'manual' });
  const took = performance.now() - startedAt;
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${name} answered ${response.status}`);
  return took;
}
