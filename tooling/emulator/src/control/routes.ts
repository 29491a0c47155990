import { Hono, type Context } from 'hono';
import type { z } from 'zod';
import type { Mailbox } from '../mail/mailbox.ts';
import type { CallLog } from '../calls/call-log.ts';
import type { ChatMessages } from '../chat/messages.ts';
import { runCommand, type Command } from '../market/commands.ts';
import {
  advanceSchema,
  autoRenewSchema,
  callFilterSchema,
  changePlanSchema,
  changeQuantitySchema,
  clockSchema,
  emptySchema,
  purchaseSchema,
  redeliverSchema,
  rotateKeysSchema,
  rotateSecretSchema,
  signInHintSchema,
  transferSchema,
  usageMissingSchema,
  usageReconSchema,
  type StateView,
} from './contract.ts';
import { activeFaults } from '../market/active-faults.ts';
import { addFault, faultSchema } from '../market/faults.ts';
import type { Grants } from '../authority/grants.ts';
import { findPerson, withSecret, type Person } from '../authority/identities.ts';
import type { Keyring } from '../authority/keyring.ts';
import { findSubscription, isRefusal, operationsOf, type Market } from '../market/market.ts';
import { offersNow, planSchema, publishPlan } from '../market/published-plans.ts';
import { endFaults, PRESET_NAMES, PRESETS, runPreset } from '../market/presets.ts';
import { mintPurchaseToken, purchase, transfer } from '../market/purchases.ts';
import type { Recorder } from '../api/recorder.ts';
import type { ClockFollowers } from './followers.ts';
import { keepPast } from '../market/record-lag.ts';
import { resetEverything } from '../market/reset.ts';
import { mergeSettings, settingsPatchSchema } from '../market/settings.ts';
import type { SubscriptionRecord } from '../market/state.ts';
import { setUsageRecon } from '../market/usage-report.ts';
import {
  viewDelivery,
  viewOperation,
  viewRefusedUsage,
  viewSubscription,
  viewUsage,
} from '../market/views.ts';
import type { WebhookSender } from '../market/webhook-sender.ts';

/** What the control API reads and changes besides the market. */
export interface ControlParts {
  readonly sender: Pick<WebhookSender, 'redeliver'>;
  readonly keyring: Keyring;
  readonly grants: Pick<Grants, 'issueHint'>;
  readonly recorder: Recorder;
  readonly followers: ClockFollowers;
  readonly mailbox: Mailbox;
  readonly calls: CallLog;
  readonly chat: ChatMessages;
}

/** The control API, with JSON bodies, for tests, seeding and the demo. */
export function controlRoutes(market: Market, parts: ControlParts): Hono {
  const app = new Hono();
  const { state, clock } = market;
  const { sender, keyring, grants, recorder, followers, mailbox, calls, chat } = parts;

  app.get('/state', (c) => c.json(viewState(market)));
  app.get('/identities', (c) => c.json(state.identities));

  app.get('/clock', (c) => c.json(clock.read()));
  // Answers when the clock was moved after the version that the follower knows.
  app.get('/clock/next', async (c) => {
    await followers.next(c.req.query('after'), c.req.raw.signal);
    return c.json({ version: followers.version, ...clock.read() });
  });
  app.post('/clock/advance', (c) =>
    parsed(c, advanceSchema, async ({ ms }) => {
      await clock.advance(ms);
      return c.json(clock.read());
    }),
  );
  app.put('/clock', (c) =>
    parsed(c, clockSchema, async (change) => {
      await clock.set(change);
      return c.json(clock.read());
    }),
  );

  app.get('/settings', (c) => c.json(state.settings));
  app.put('/settings', (c) =>
    parsed(c, settingsPatchSchema, (patch) => {
      state.settings = mergeSettings(state.settings, patch);
      market.changed();
      return c.json(state.settings);
    }),
  );

  app.get('/faults', (c) => c.json(state.faults));
  app.post('/faults', (c) =>
    parsed(c, faultSchema, (fault) => {
      const stored = addFault(state.faults, fault, { now: clock.now() });
      market.changed();
      return c.json(stored, 201);
    }),
  );
  app.delete('/faults/:id?', (c) => {
    const isGone = endFaults(market, c.req.param('id'));
    return isGone ? c.body(null, 204) : no(c, 404, 'unknown', 'There is no such fault.');
  });

  app.get('/faults/active', (c) => c.json(activeFaults(market)));

  app.get('/presets', (c) => c.json(PRESET_NAMES.map((name) => ({ name, ...PRESETS[name] }))));
  app.post('/presets/:name', (c) =>
    parsed(c, emptySchema, async () => {
      const name = PRESET_NAMES.find((one) => one === c.req.param('name'));
      if (!name) return no(c, 404, 'unknown', `Presets are ${PRESET_NAMES.join(', ')}.`);
      await runPreset(market, name);
      return c.json(activeFaults(market));
    }),
  );

  app.post('/purchases', (c) =>
    parsed(c, purchaseSchema, (order) => {
      const bought = purchase(market, order);
      if (isRefusal(bought)) return no(c, 409, bought.refused, bought.message);
      return c.json({ subscriptionId: bought.id, ...mintPurchaseToken(market, bought) }, 201);
    }),
  );

  app.get('/subscriptions/:id', (c) =>
    known(c, market, (subscription) => c.json(viewSubscription(market, subscription))),
  );
  app.get('/subscriptions/:id/operations', (c) =>
    known(c, market, (subscription) =>
      c.json(operationsOf(market, subscription).map(viewOperation)),
    ),
  );
  app.post('/subscriptions/:id/token', (c) =>
    known(c, market, (subscription) => c.json(mintPurchaseToken(market, subscription))),
  );
  app.post('/subscriptions/:id/change-plan', (c) =>
    parsed(c, changePlanSchema, ({ planId }) => run(c, market, { type: 'change-plan', planId })),
  );
  app.post('/subscriptions/:id/change-quantity', (c) =>
    parsed(c, changeQuantitySchema, ({ quantity }) =>
      run(c, market, { type: 'change-quantity', quantity }),
    ),
  );
  app.put('/subscriptions/:id/auto-renew', (c) =>
    parsed(c, autoRenewSchema, ({ autoRenew }) =>
      known(c, market, (subscription) => {
        keepPast(market, subscription);
        subscription.autoRenew = autoRenew;
        market.changed();
        return c.json(viewSubscription(market, subscription));
      }),
    ),
  );
  app.post('/subscriptions/:id/transfer', (c) =>
    parsed(c, transferSchema, (people) =>
      known(c, market, (subscription) => {
        const after = transfer(market, subscription, people);
        if (isRefusal(after)) return no(c, 409, after.refused, after.message);
        return c.json(viewSubscription(market, after));
      }),
    ),
  );
  for (const type of ['suspend', 'reinstate', 'renew', 'cancel'] as const) {
    app.post(`/subscriptions/:id/${type}`, (c) => run(c, market, { type }));
  }

  app.get('/deliveries', (c) => {
    const wanted = c.req.query('subscriptionId')?.toLowerCase();
    const all = [...state.deliveries.values()];
    const found = all.filter((one) => (wanted ?? one.subscriptionId) === one.subscriptionId);
    return c.json(found.map(viewDelivery));
  });
  app.post('/deliveries/:operationId/redeliver', (c) =>
    parsed(c, redeliverSchema, async (options) => {
      const delivery = state.deliveries.get(c.req.param('operationId').toLowerCase());
      if (!delivery) return no(c, 404, 'unknown', 'There is no such notification.');
      return c.json({ statuses: await sender.redeliver(delivery, options) });
    }),
  );

  app.get('/offers', (c) => c.json(offersNow(state)));
  app.put('/offers/:offerId/plans/:planId', (c) =>
    parsed(c, planSchema, (change) => {
      const plan = publishPlan(market, c.req.param(), change);
      return isRefusal(plan) ? no(c, 409, plan.refused, plan.message) : c.json(plan);
    }),
  );

  app.get('/usage', (c) => c.json([...state.usage.values()].map(viewUsage)));
  app.get('/usage/refused', (c) => c.json(state.refusedUsage.map(viewRefusedUsage)));
  app.put('/usage/recon', (c) =>
    parsed(c, usageReconSchema, (recon) => {
      setUsageRecon(market, recon);
      return c.body(null, 204);
    }),
  );
  app.put('/usage/:usageEventId/missing', (c) =>
    parsed(c, usageMissingSchema, ({ isMissing }) => {
      const id = c.req.param('usageEventId').toLowerCase();
      const event = state.usage.values().find(({ usageEventId }) => usageEventId === id);
      if (!event) return no(c, 404, 'unknown', 'There is no such usage event.');
      event.isMissing = isMissing;
      market.changed();
      return c.json(viewUsage(event));
    }),
  );
  app.post('/sign-in-hints', (c) =>
    parsed(c, signInHintSchema, ({ email }) => {
      const person = findPerson(state.identities, email);
      if (!person) return no(c, 404, 'unknown', 'There is no such person.');
      return c.json({ loginHint: grants.issueHint(person) }, 201);
    }),
  );
  app.post('/keys/rotate', (c) =>
    parsed(c, rotateKeysSchema, async (options) => c.json({ kid: await keyring.rotate(options) })),
  );
  app.post('/apps/fulfillment/secret', (c) =>
    parsed(c, rotateSecretSchema, ({ clientSecret }) => {
      const { identities } = state;
      const fulfillmentApp = withSecret(identities.fulfillmentApp, clientSecret);
      state.identities = { ...identities, fulfillmentApp };
      market.changed();
      return c.json({ clientSecret: fulfillmentApp.clientSecret });
    }),
  );
  app.get('/recording', (c) => {
    const recording = recorder.read();
    return recording ? c.json(recording) : no(c, 404, 'unknown', 'There is no recording.');
  });
  app.put('/recording', (c) => {
    recorder.start();
    return c.body(null, 204);
  });
  app.delete('/recording', (c) => {
    recorder.stop();
    return c.body(null, 204);
  });
  app.get('/calls', (c) => {
    const filter = callFilterSchema.safeParse(c.req.query());
    return filter.success
      ? c.json(calls.list(filter.data))
      : no(c, 400, 'invalid', 'A filter is not valid.');
  });
  app.get('/calls/:id', (c) => {
    const call = calls.get(c.req.param('id'));
    return call ? c.json(call) : no(c, 404, 'unknown', 'There is no such call.');
  });
  app.delete('/calls', (c) => {
    calls.clear();
    return c.body(null, 204);
  });
  app.get('/mails', (c) => c.json(mailbox.list()));
  app.get('/mails/:id', (c) => {
    const mail = mailbox.get(c.req.param('id'));
    return mail ? c.json(mail) : no(c, 404, 'unknown', 'There is no such mail.');
  });
  app.delete('/mails', (c) => {
    mailbox.clear();
    return c.body(null, 204);
  });
  app.get('/chat', (c) => c.json(chat.list()));
  app.delete('/chat', (c) => {
    chat.clear();
    return c.body(null, 204);
  });
  app.post('/reset', async (c) => {
    await resetEverything(market, { mailbox, calls, chat });
    return c.body(null, 204);
  });

  app.notFound((c) => no(c, 404, 'unknown', 'The control API has no such path.'));
  return app;
}

function viewState(market: Market): StateView {
  const { state, clock } = market;
  return {
    clock: clock.read(),
    settings: state.settings,
    faults: state.faults,
    people: state.identities.people.map(withoutPassword),
    subscriptions: [...state.subscriptions.values()].map((one) => viewSubscription(market, one)),
    operations: [...state.operations.values()].map(viewOperation),
    deliveries: [...state.deliveries.values()].map(viewDelivery),
    usage: [...state.usage.values()].map(viewUsage),
  };
}

function withoutPassword(person: Person): Omit<Person, 'password'> {
  const { password: _password, ...rest } = person;
  return rest;
}

function run(c: Context, market: Market, command: Command): Response | Promise<Response> {
  return known(c, market, (subscription) => {
    const started = runCommand(market, subscription, command);
    return isRefusal(started)
      ? no(c, 409, started.refused, started.message)
      : c.json({ operationId: started.id });
  });
}

function known(
  c: Context,
  market: Market,
  act: (subscription: SubscriptionRecord) => Response | Promise<Response>,
): Response | Promise<Response> {
  const subscription = findSubscription(market, c.req.param('id') ?? '');
  return subscription ? act(subscription) : no(c, 404, 'unknown', 'There is no such subscription.');
}

/** Reads only a JSON body, because a form on another site cannot send one. */
async function parsed<T extends z.ZodType>(
  c: Context,
  schema: T,
  act: (value: z.output<T>) => Response | Promise<Response>,
): Promise<Response> {
  let body: unknown;
  try {
    body = await c.req.json();
  } catch {
    return no(c, 400, 'invalid', 'The body is not valid JSON.');
  }
  const result = schema.safeParse(body);
  if (result.success) return act(result.data);
  const where = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return no(c, 400, 'invalid', where.join('; '));
}

function no(c: Context, status: 400 | 404 | 409, code: string, message: string): Response {
  return c.json({ error: { code, message } }, status);
}
