import { Hono, type Context } from 'hono';
import { advanceSchema } from '../control/contract.ts';
import { SECOND_MS } from '../market/constants.ts';
import { addFault, faultSchema } from '../market/faults.ts';
import type { ApiEnv } from '../api/http-faults.ts';
import type { Keyring } from '../authority/keyring.ts';
import type { Market } from '../market/market.ts';
import { ODDITIES, type Oddity } from '../market/oddities.ts';
import { endFaults, PRESET_NAMES, runPreset } from '../market/presets.ts';
import { mergeSettings, settingsPatchSchema } from '../market/settings.ts';

type Fail = (c: Context<ApiEnv>, problem: string) => Response | Promise<Response>;

/** Handles the forms of the pages of the clock and of the settings. Each returns to its page. */
export function clockActions(
  market: Market,
  parts: {
    readonly keyring: Keyring;
    readonly reset: () => Promise<void>;
    readonly fail: Fail;
    readonly failSettings: Fail;
  },
): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const { keyring, reset, fail, failSettings } = parts;
  const { state, clock } = market;
  const back = (c: Context<ApiEnv>): Response => c.redirect('/clock', 303);
  const settings = (c: Context<ApiEnv>): Response => c.redirect('/settings', 303);

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
    await reset();
    return back(c);
  });

  app.post('/presets/:name', async (c) => {
    const name = PRESET_NAMES.find((one) => one === c.req.param('name'));
    if (name === undefined) return fail(c, 'There is no such preset.');
    await runPreset(market, name);
    return back(c);
  });
  app.post('/faults', async (c) => {
    const fault = faultSchema.safeParse(readFault(await fields(c)));
    if (!fault.success)
      return fail(c, 'This fault is not possible. Choose another effect, and check the numbers.');
    addFault(state.faults, fault.data, { now: clock.now() });
    market.changed();
    return back(c);
  });
  app.post('/faults/:id/remove', (c) => {
    endFaults(market, c.req.param('id'));
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
    if (!patch.success)
      return failSettings(c, 'One of the values is not valid. Nothing was saved.');
    state.settings = mergeSettings(state.settings, patch.data);
    market.changed();
    return settings(c);
  });
  app.post('/oddities', async (c) => {
    const form = await fields(c);
    const names = Object.keys(ODDITIES) as Oddity[];
    const oddities = Object.fromEntries(
      names.map((name) => [name, form.has(name) ? 'measured' : 'documented']),
    );
    state.settings = mergeSettings(state.settings, settingsPatchSchema.parse({ oddities }));
    market.changed();
    return settings(c);
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
  const limits = {
    ...(form.get('count') && { count: Number(form.get('count')) }),
    ...(form.get('seconds') && { forMs: Number(form.get('seconds')) * SECOND_MS }),
  };
  if (endpoint === 'mail') {
    const recipient = form.get('recipient');
    return { endpoint, refuse: form.get('refuse'), ...(recipient && { recipient }), ...limits };
  }
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
    ...limits,
    ...(form.has('afterEffect') && { afterEffect: true }),
  };
}
