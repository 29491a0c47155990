import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp, type AppParts } from '../src/app.ts';
import { manageRoutes } from '../src/manage/routes.ts';
import { wordsFor } from '../src/words/words.ts';
import { Browser } from './browser.ts';
import { activeSubscription, type Fixture, openFixture, people, signInAs } from './fixture.ts';

const english = wordsFor('en');

type Outcome = 'admitted' | 'denied' | 'not-there' | 'sign-in' | 'wrong-form';

/** The outcome of each route for each person. Ben plays every role of the organisation. */
const EVERYBODY = ['owner', 'admin', 'viewer', 'colleague'] as const;
const OUTSIDE = {
  tara: 'not-there',
  gus: 'not-there',
  pia: 'not-there',
  sam: 'not-there',
} as const;
const reading = { owner: 'admitted', admin: 'admitted', viewer: 'admitted', colleague: 'denied' };
const changing = { owner: 'admitted', admin: 'admitted', viewer: 'denied', colleague: 'denied' };
const cancelling = { owner: 'admitted', admin: 'denied', viewer: 'denied', colleague: 'denied' };
/** The page's script stops, and the page itself shows the reason. */
const following = { ...reading, colleague: 'not-there' };
const asking = { ...reading, colleague: 'admitted' };

const TABLE: Readonly<Record<string, Readonly<Record<(typeof EVERYBODY)[number], string>>>> = {
  'GET /landing/subscriptions/:id': reading,
  'GET /landing/subscriptions/:id/history': reading,
  'GET /landing/subscriptions/:id/access': asking,
  'POST /landing/subscriptions/:id/access': asking,
  'GET /landing/subscriptions/:id/plan': changing,
  'POST /landing/subscriptions/:id/plan': changing,
  'GET /landing/subscriptions/:id/seats': changing,
  'POST /landing/subscriptions/:id/seats': changing,
  'GET /landing/subscriptions/:id/cancel': cancelling,
  'POST /landing/subscriptions/:id/cancel': cancelling,
  'GET /landing/subscriptions/:id/changes/:change': reading,
  'GET /landing/subscriptions/:id/changes/:change/state': following,
  'GET /landing/subscriptions/:id/people': changing,
  'POST /landing/subscriptions/:id/people': changing,
};
/** Belongs to no subscription: every person sees their own list. */
const LIST = 'GET /landing/subscriptions';

let fixture: Fixture;
let subscriptionId: string;
const change = randomUUID();
const browsers = new Map<string, Browser>();

beforeAll(async () => {
  fixture = await openFixture();
  const ada = await activeSubscription(fixture, people.ada);
  ({ subscriptionId } = ada);
  browsers.set('ada', ada.browser);
  for (const name of ['ben', 'tara', 'gus', 'pia', 'sam'] as const) {
    browsers.set(name, await signInAs(fixture, people[name]));
  }
  browsers.set('anonymous', new Browser());
  fixture.worker.changes.hold(true);
  const seats = await ada.browser.get(`${ada.url}/seats?to=21`);
  await ada.browser.post(`${ada.url}/seats`, {
    formKey: seats.field('formKey'),
    from: '20',
    to: '21',
    request: change,
  });
});
afterAll(() => fixture[Symbol.asyncDispose]());

function browserOf(who: string): Browser {
  return browsers.get((EVERYBODY as readonly string[]).includes(who) ? 'ben' : who)!;
}

async function makeBen(role: string): Promise<void> {
  const ben = fixture.emulator.identities.people.find((one) => one.email === people.ben)!;
  await fixture.query('DELETE FROM members WHERE object_id = $1', [ben.objectId]);
  if (role === 'colleague') return;
  await fixture.query(
    `INSERT INTO members (subscription_id, tenant_id, object_id, role, name, email, decided_at)
     VALUES ($1, $2, $3, $4, $5, $6, now())`,
    [subscriptionId, ben.tenantId, ben.objectId, role, ben.name, ben.email],
  );
}

const formKeys = new Map<Browser, string>();

async function formKeyOf(browser: Browser): Promise<string> {
  const known = formKeys.get(browser);
  if (known !== undefined) return known;
  const formKey = (await browser.get(`${fixture.url}/landing/subscriptions`)).field('formKey');
  formKeys.set(browser, formKey);
  return formKey;
}

/** A request as our pages send it, with fields that cannot change anything. */
async function send(
  route: string,
  who: string,
  options: { id?: string; formKey?: string } = {},
): Promise<{ outcome: Outcome; html: string }> {
  const browser = browserOf(who);
  const [method = '', path = ''] = route.split(' ');
  const id = options.id ?? subscriptionId;
  const url = fixture.url + path.replace(':id', id).replace(':change', change);
  const formKey = options.formKey ?? (await formKeyOf(browser));
  const response = await browser.once(url, {
    method,
    ...(method === 'POST' && {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ formKey }).toString(),
    }),
  });
  const html = await response.text();
  return { outcome: outcomeOf(response, html), html: html.replaceAll(id, 'ID') };
}

function outcomeOf({ status, headers }: Response, html: string): Outcome {
  if (headers.get('location')?.startsWith('/landing/sign-in')) return 'sign-in';
  const [, heading = html] = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html) ?? [];
  if (status === 404 && /Page not found|"not-found"/.test(heading)) return 'not-there';
  if (status === 403 && heading.includes(english.t('trouble.formRefused'))) return 'wrong-form';
  if (status === 403 && /Your role|Request access/.test(heading)) return 'denied';
  return 'admitted';
}

async function denials(): Promise<number> {
  return (await fixture.events('manage.denied')).length;
}

test('every route of the manage pages passes the gate and is in this table', () => {
  const parts = { log: undefined } as unknown as AppParts;
  const known = manageRoutes(parts).map(({ method, path }) => `${method} ${path}`);
  expect(new Set(known)).toEqual(new Set([LIST, ...Object.keys(TABLE)]));
  const app = createApp(parts, {
    assets: { version: '', stylesheet: '', mount: () => undefined },
    authorityUrl: 'https://login.example',
  });
  const served = app.routes.filter(({ path }) => path.startsWith('/landing/subscriptions'));
  expect(new Set(served.map(({ method, path }) => `${method} ${path}`))).toEqual(new Set(known));
});

describe.each(Object.entries(TABLE))('%s', (route, expected) => {
  test.each(EVERYBODY)(
    'does for the %s what the role permits, and records a refusal',
    async (who) => {
      await makeBen(who);
      const before = await denials();
      const { outcome } = await send(route, who);
      expect(outcome).toBe(expected[who]);
      expect(await denials()).toBe(before + (expected[who] === 'admitted' ? 0 : 1));
    },
  );

  test('answers everyone else exactly as for an unknown subscription, and records it', async () => {
    for (const [who, outcome] of Object.entries(OUTSIDE)) {
      const before = await denials();
      const foreign = await send(route, who);
      const unknown = await send(route, who, { id: randomUUID() });
      expect([who, foreign.outcome]).toEqual([who, outcome]);
      expect(foreign.html).toBe(unknown.html);
      expect(await denials()).toBe(before + 2);
    }
  });

  test('asks anonymous visitors to sign in and reveals nothing', async () => {
    const isData = route.endsWith('/state');
    const { outcome } = await send(route, 'anonymous', { formKey: '' });
    expect(outcome).toBe(isData ? 'not-there' : 'sign-in');
  });
});

test.each(Object.keys(TABLE).filter((route) => route.startsWith('POST')))(
  '%s refuses a form of another person, whoever sends it',
  async (route) => {
    await makeBen('owner');
    const formKey = await formKeyOf(browserOf('ada'));
    for (const who of ['owner', ...Object.keys(OUTSIDE)]) {
      const { outcome } = await send(route, who, { formKey });
      expect([who, outcome]).toEqual([who, 'wrong-form']);
    }
  },
);

describe(LIST, () => {
  test("lists only the person's own subscriptions", async () => {
    await makeBen('viewer');
    for (const who of ['ada', 'viewer', ...Object.keys(OUTSIDE)]) {
      const { outcome, html } = await send(LIST, who);
      expect(outcome).toBe('admitted');
      expect(html.includes('href="/landing/subscriptions/ID"')).toBe(/ada|viewer/.test(who));
    }
    expect((await send(LIST, 'anonymous', { formKey: '' })).outcome).toBe('sign-in');
  });
});

test('a GET changes nothing, whatever its query says', async () => {
  await makeBen('owner');
  const before = await fixture.rows('members');
  const asked = fixture.worker.changes.asked.length;
  const browser = browserOf('owner');
  const formKey = await formKeyOf(browser);
  const query = new URLSearchParams({
    formKey,
    request: randomUUID(),
    from: '20',
    to: 'basic',
    understood: 'yes',
    do: 'remove',
    person: String(before[0]?.['object_id']),
  });
  for (const route of Object.keys(TABLE).filter((one) => one.startsWith('GET'))) {
    const path = route.slice(4).replace(':id', subscriptionId).replace(':change', change);
    await browser.get(`${fixture.url}${path}?${query.toString()}`);
  }
  expect(await fixture.rows('members')).toEqual(before);
  expect(fixture.worker.changes.asked).toHaveLength(asked);
});
