import { Client } from 'pg';
import { launchChromium } from '@landfall/stack/chromium';
import { playFirstPurchases } from '@landfall/stack/seed';
import { openStackClient } from '@landfall/stack/stack-client';
import { openThrowAwayStack } from '@landfall/stack/throw-away-stack';
import { check, type Benchmark } from '../harness/compare.ts';

const SUBSCRIPTIONS = 100_000;

export const consolePages: Benchmark = {
  name: 'console',
  about: 'home and list of subscriptions of the console in a browser, with 100,000 subscriptions',
  async run(context) {
    await using stack = await openThrowAwayStack(() => undefined);
    await playFirstPurchases(stack.description, () => undefined);
    await multiplySubscriptions(stack.description.databaseUrl);
    const client = openStackClient(stack.description);
    const { consoleUrl } = client.stack;
    const browser = await launchChromium();
    try {
      const view = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      const page = await view.newPage();
      const { loginHint } = await client.control.signInHint(client.person('alma').email);
      await page.goto(`${consoleUrl}/sign-in/start?hint=${loginHint}`);
      const open = (path: string) => async () => {
        const startedAt = performance.now();
        await page.goto(consoleUrl + path);
        await page.locator('h1').first().waitFor();
        await page.locator('.skeleton, [aria-busy=true]').first().waitFor({ state: 'detached' });
        return { value: performance.now() - startedAt };
      };
      for (const [name, path] of [
        ['home', ''],
        ['subscriptions', '/subscriptions'],
      ] as const) {
        const ours = { name: 'console', run: open(path) };
        await check(context, { name: `console, ${name}`, unit: 'ms', ours });
      }
    } finally {
      await browser.close();
    }
  },
};

/** Adds {@link SUBSCRIPTIONS} copies of the subscriptions that were bought, each with an id of its own. */
async function multiplySubscriptions(databaseUrl: string): Promise<void> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
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
    [SUBSCRIPTIONS],
  );
  await database.query('vacuum analyze fulfillment.subscriptions');
  await database.end();
}
