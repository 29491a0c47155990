import { Hono, type Context } from 'hono';
import { advanceSchema } from '../control/contract.ts';
import { addFault, faultSchema, removeFaults } from '../market/faults.ts';
import type { ApiEnv } from '../api/http-faults.ts';
import type { Keyring } from '../authority/keyring.ts';
import type { Market } from '../market/market.ts';
import { ODDITIES, type Oddity } from '../market/oddities.ts';
import { resetMarket } from '../market/reset.ts';
import { mergeSettings, settingsPatchSchema } from '../market/settings.ts';

/** Handles the forms of the clock page. Each returns to the page. */
export function clockActions(
  market: Market,
  keyring: Keyring,
  fail: (c: Context<ApiEnv>, problem: string) => Response | Promise<Response>,
): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const { state, clock } = market;
  const back = (c: Context<ApiEnv>): Response => c.redirect('/clock', 303);

  app.post('/advance', async (c) => {
    const step = advanceSchema.safeParse({ ms: Number((await fields(c)).get('ms')) });
    if (!step.success) return fail(c, 'Enter a number of milliseconds.');
    await clock.advance(step.data.ms);
    return back(c);
  });
  app.post('/freeze', async (c) => {
    await clock.set({ frozen: (await fields(c)).get('frozen') === 'true' });
    return back(c);
  });
  app.post('/real', async (c) => {
    await clock.set({ frozen: false });
    await clock.set({ offsetMs: 0 });
    return back(c);
  });
  app.post('/rotate', async (c) => {
    await keyring.rotate();
    return back(c);
  });
  app.post('/reset', async (c) => {
    await resetMarket(market);
    return back(c);
  });

  app.post('/faults', async (c) => {
    const fault = faultSchema.safeParse(readFault(await fields(c)));
    if (!fault.success)
      return fail(
        c,
        'This endpoint cannot have this fault. Choose another effect or another endpoint.',
      );
    addFault(state.faults, fault.data, { now: clock.now() });
    market.changed();
    return back(c);
  });
  app.post('/faults/:id/remove', (c) => {
    removeFaults(state.faults, c.req.param('id'));
    market.changed();
    return back(c);
  });

  app.post('/settings', async (c) => {
    const form = await fields(c);
    const patch = settingsPatchSchema.safeParse({
      landingUrl: form.get('landingUrl') || null,
      webhookUrl: form.get('webhookUrl') || null,
      tokenVersion: Number(form.get('tokenVersion')),
      activationDelayMs: Number(form.get('activationDelayMs')),
      activationFails: form.has('activationFails'),
      ...lagsIn(form),
    });
    if (!patch.success) return fail(c, 'One of the values is not valid. Nothing was saved.');
    state.settings = mergeSettings(state.settings, patch.data);
    market.changed();
    return back(c);
  });
  app.post('/oddities', async (c) => {
    const form = await fields(c);
    const names = Object.keys(ODDITIES) as Oddity[];
    const oddities = Object.fromEntries(
      names.map((name) => [name, form.has(name) ? 'measured' : 'documented']),
    );
    state.settings = mergeSettings(state.settings, settingsPatchSchema.parse({ oddities }));
    market.changed();
    return back(c);
  });
  return app;
}

/** A field that is missing in the form stays unchanged. */
function lagsIn(form: URLSearchParams): Record<string, unknown> {
  const ms = (name: string) => form.has(name) && { [name]: Number(form.get(name)) };
  const lags = form.get('recordLagMs');
  return {
    ...(lags !== null && { recordLagMs: lags.split(',').map(Number) }),
    ...ms('firstGetLateMs'),
    ...ms('getOperationLateMs'),
  };
}

async function fields(c: Context<ApiEnv>): Promise<URLSearchParams> {
  return new URLSearchParams(await c.req.text());
}

function readFault(form: URLSearchParams): Record<string, unknown> {
  const endpoint = form.get('endpoint');
  const value = Number(form.get('value'));
  const isWebhook = endpoint === 'webhook';
  const effects: Readonly<Record<string, object>> = {
    status: { status: value },
    drop: { drop: true },
    latency: isWebhook ? { delayMs: value } : { latencyMs: value },
    duplicate: { duplicate: value },
    reorder: { reorder: true },
  };
  return {
    endpoint,
    ...effects[form.get('what') ?? ''],
    ...(form.get('count') && { count: Number(form.get('count')) }),
    ...(form.has('afterEffect') && { afterEffect: true }),
  };
}
