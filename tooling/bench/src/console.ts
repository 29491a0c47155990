import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { launchChromium } from '@landfall/stack/chromium';
import { playFirstPurchases } from '@landfall/stack/seed';
import { openStackClient } from '@landfall/stack/stack-client';
import { openThrowAwayStack } from '@landfall/stack/throw-away-stack';

/** The first ones fill caches, as in a running system. */
const WARM_UP_ROUNDS = 2;

const { values } = parseArgs({
  options: {
    subscriptions: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '10' },
    paths: { type: 'string', default: '/,/destinations' },
  },
});

await using stack = await openThrowAwayStack(() => undefined);
await playFirstPurchases(stack.description, () => undefined);
await multiplySubscriptions(stack.description.databaseUrl, Number(values.subscriptions));

const client = openStackClient(stack.description);
const at = client.stack;
const browser = await launchChromium();
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
const { loginHint } = await client.control.signInHint(client.person('alma').email);
await page.goto(`${at.consoleUrl}/sign-in/start?hint=${loginHint}`);
for (const path of values.paths.split(',')) {
  const took: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + Number(values.rounds); round += 1) {
    const startedAt = performance.now();
    await page.goto(at.consoleUrl + (path === '/' ? '' : path));
    await page.locator('h1').first().waitFor();
    await page.locator('.skeleton, [aria-busy=true]').first().waitFor({ state: 'detached' });
    if (round >= WARM_UP_ROUNDS) took.push(performance.now() - startedAt);
  }
  const sorted = took.toSorted((a, b) => a - b);
  const middle = Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
  console.log(
    `${path.padEnd(24)} median ${middle} ms, slowest ${Math.round(sorted.at(-1) ?? 0)} ms`,
  );
}
await browser.close();

/** Copies the subscriptions that were bought, with ids of their own, until there are so many. */
async function multiplySubscriptions(databaseUrl: string, size: number): Promise<void> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  database.on('error', () => undefined);
  await database.query(
    'set statement_timeout = 0; set transaction_timeout = 0; set lock_timeout = 0',
  );
  await database.query(
    `insert into fulfillment.subscriptions
       (id, publisher_id, offer_id, plan_id, status, state, version, created_at, updated_at)
     select id, publisher_id, offer_id, plan_id, status, jsonb_set(state, '{id}', to_jsonb(id)),
       version, created_at - ordinal * interval '1 second', updated_at
     from (select ordinal, gen_random_uuid()::text as id from generate_series(1, $1) as ordinal)
         as wanted
     join (select row_number() over () - 1 as shape, count(*) over () as shapes, publisher_id,
         offer_id, plan_id, status, state, version, created_at, updated_at
       from fulfillment.subscriptions) as known on known.shape = ordinal % shapes`,
    [size],
  );
  await database.query('vacuum analyze fulfillment.subscriptions');
  await database.end();
}
