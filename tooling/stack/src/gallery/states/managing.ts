import type { Page } from 'playwright-core';
import { confirmOnLandingPage, type Purchase } from '../../scenarios/buying.ts';
import { until } from '@landfall/servers/wait';
import type { PageState, GalleryFixture } from '../fixture.ts';

const SEATS = { offerId: 'teamdesk', planId: 'standard', quantity: 20, beneficiary: 'ada' };
const METERED = { offerId: 'analytics', planId: 'starter', beneficiary: 'ada' };
const LONG_NAME = `Contoso_Teamdesk_${'ForTheWholeOfTheNorthernHemisphere_'.repeat(5)}end`;
const DAY_MS = 86_400_000;
/**
 * Usage on each day up to today. The plan includes 100 reports and 10 thousand API calls. Only today's usage is above
 * that, because usage of earlier days would be too old to be billed once the clock has moved on.
 */
const USED_DAILY = [
  { reports: '40', calls: '1.5' },
  { reports: '55', calls: '2' },
  { reports: '67', calls: '4.25' },
] as const;
/** Longer than the test: the change stays in progress. */
const NEVER_MS = 3_600_000;

/** The pages where a customer manages active subscriptions. */
export const managing: readonly PageState[] = [
  {
    name: 'manage-owner',
    shows: 'Plan, seats, renewal, people and history, and everything that an owner can do',
    says: [
      'manage.title',
      'manage.sentence.renews',
      'manage.changePlan',
      'manage.changeSeats',
      'manage.cancel',
      'manage.people.open',
      'purchase.total',
      'purchase.nextBilling',
      'purchase.details',
    ],
    reach: async (fixture) => fixture.open(await active(fixture, SEATS), 'ada'),
  },
  {
    name: 'manage-usage',
    shows: 'Usage per day, the included quantity, the usage above it, and its cost',
    says: [
      'manage.usage.title',
      { key: 'manage.usage.of', with: { used: '162', included: '100' } },
      { key: 'manage.usage.above', with: { overage: '62' } },
      'manage.usage.cost',
      'manage.usage.updated',
    ],
    isAlone: true,
    reach: reachUsage,
  },
  {
    name: 'manage-long-name',
    shows: 'A name of two hundred letters, inside the card',
    says: ['manage.title', 'purchase.name'],
    reach: async (fixture) =>
      fixture.open(await active(fixture, { ...SEATS, name: LONG_NAME }), 'ada'),
  },
  {
    name: 'manage-partner',
    shows: 'No buttons, and that the partner makes the changes',
    says: ['manage.why.partner'],
    reach: async (fixture) => {
      const bought = await fixture.buy({ ...SEATS, purchaser: 'sam' });
      await confirmOnLandingPage(fixture, bought.landingUrl, 'ada');
      await fixture.reaches(bought.subscriptionId, 'Subscribed');
      return fixture.open(`${listUrl(fixture)}/${bought.subscriptionId}`, 'ada');
    },
  },
  {
    name: 'manage-viewer',
    shows: 'No buttons, and which role can make changes',
    says: ['manage.denied.change', 'people.role.viewer'],
    reach: async (fixture) => {
      const url = await active(fixture, SEATS);
      await letIn(fixture, url);
      return fixture.open(url, 'ben');
    },
  },
  {
    name: 'manage-denied',
    shows: 'That the role does not allow it, and which role does',
    says: ['manage.denied.title', 'manage.denied.change'],
    reach: async (fixture) => {
      const url = await active(fixture, SEATS);
      await letIn(fixture, url);
      return fixture.open(`${url}/plan`, 'ben');
    },
  },
  {
    name: 'manage-ask',
    shows: 'Only the name of the product, and a button to ask for access',
    says: ['people.ask.title', 'people.ask.lead', 'people.ask.shared'],
    reach: async (fixture) => fixture.open(await active(fixture, SEATS), 'ben'),
  },
  {
    name: 'manage-people',
    shows: 'Who has access, who asks for it, and the available actions',
    says: ['people.title', 'people.waiting', 'people.grant', 'people.refuse'],
    reach: async (fixture) => {
      const url = await active(fixture, SEATS);
      await asks(fixture, url);
      return fixture.open(`${url}/people`, 'ada');
    },
  },
  {
    name: 'manage-plan',
    shows: 'The current plan and the other plans, with prices and seats',
    says: ['changes.plan.title', 'changes.plan.lead', 'changes.plan.current'],
    reach: async (fixture) => fixture.open(`${await active(fixture, SEATS)}/plan`, 'ada'),
  },
  {
    name: 'manage-plan-check',
    shows: 'What changes, when, and what it means for the bill',
    says: [
      'changes.confirm.title',
      'manage.which.since',
      'changes.confirm.total',
      'changes.confirm.planMoney',
      'changes.confirm.approval',
    ],
    reach: async (fixture) => {
      const page = await fixture.open(`${await active(fixture, SEATS)}/plan`, 'ada');
      await page.locator('input[name=to][value=basic]').check();
      await page.locator('main button[type=submit]').click();
      await page.locator('input[name=request]').waitFor({ state: 'attached' });
      return page;
    },
  },
  {
    name: 'manage-plan-refused',
    shows: "Which plan the publisher does not allow, with the publisher's reason",
    says: ['changes.plan.title', 'changes.plan.refused'],
    isAlone: true,
    reach: async (fixture) => {
      const url = await active(fixture, SEATS);
      await refuseSome(fixture);
      return fixture.open(`${url}/plan`, 'ada');
    },
  },
  {
    name: 'manage-fixed',
    shows: 'That plan and seats cannot be changed, and why, before the customer tries',
    says: ['manage.why.noOtherPlan', 'changes.plan.refused', 'changes.seats.none', 'manage.cancel'],
    isAlone: true,
    reach: async (fixture) => {
      const { policies } = fixture.client.api;
      fixture.after(() => policies.put.mutate({ rules: [] }));
      const { offerId } = SEATS;
      const message = { en: 'Your contract fixes plan and seats.' };
      const refused = { offerId, decision: 'refuse' as const, message };
      await policies.put.mutate({
        rules: [
          { ...refused, id: 'plans', when: { action: 'ChangePlan' } },
          { ...refused, id: 'seats', when: { action: 'ChangeQuantity' } },
        ],
      });
      return fixture.open(await active(fixture, SEATS), 'ada');
    },
  },
  {
    name: 'manage-refused-by-rule',
    shows: "A change that the publisher did not allow, with the publisher's reason",
    says: ['changes.stage.failed', 'changes.failed.byPublisher'],
    isAlone: true,
    reach: async (fixture) => {
      const url = await active(fixture, SEATS);
      const page = await fixture.open(`${url}/plan?to=basic`, 'ada');
      await page.goto(`${url}/plan?to=basic`);
      await refuseSome(fixture);
      await page.locator('main form button[type=submit]').click();
      await page.waitForURL(/\/changes\//);
      return page;
    },
  },
  {
    name: 'manage-asked',
    shows: 'That the request was sent, and what to do if there is no answer',
    says: ['people.ask.sent', 'people.ask.sentText', 'people.ask.noAnswer'],
    reach: async (fixture) => {
      const url = await active(fixture, SEATS);
      await asks(fixture, url);
      return fixture.open(url, 'ben');
    },
  },
  {
    name: 'manage-seats-wrong',
    shows: 'The entered number, and the allowed range',
    says: ['changes.seats.title', 'changes.seats.problem'],
    reach: async (fixture) => {
      const page = await fixture.open(`${await active(fixture, SEATS)}/seats`, 'ada');
      await page.locator('main form').evaluate((form: HTMLFormElement) => {
        form.noValidate = true;
      });
      await page.locator('#to').fill('4');
      await page.locator('main button[type=submit]').click();
      await page.locator('#seats-problem').waitFor();
      return page;
    },
  },
  {
    name: 'manage-cancel',
    shows: 'The consequences of a cancellation, and the checkbox',
    says: [
      'changes.cancel.title',
      'changes.cancel.lead',
      'manage.which.since',
      'changes.cancel.money',
      'changes.cancel.data',
      'changes.cancel.tick',
    ],
    reach: async (fixture) => fixture.open(`${await active(fixture, SEATS)}/cancel`, 'ada'),
  },
  {
    name: 'manage-under-way',
    shows: 'The change in progress, instead of buttons',
    says: ['changes.pending', 'changes.follow'],
    isAlone: true,
    reach: async (fixture) => {
      const url = await active(fixture, METERED);
      await fixture.client.control.updateSettings({ partnerDelayMs: NEVER_MS });
      fixture.after(() => fixture.client.control.updateSettings({ partnerDelayMs: 1000 }));
      const page = await changePlan(fixture, url);
      await page.goto(url);
      return page;
    },
  },
  {
    name: 'manage-changed',
    shows: 'That the change is in force',
    says: ['changes.stage.succeeded', 'changes.succeeded.text'],
    reach: async (fixture) => {
      const page = await changePlan(fixture, await active(fixture, METERED));
      await page.locator('[data-stage="succeeded"]').waitFor();
      return page;
    },
  },
  {
    name: 'manage-news',
    shows: 'The outcome of the last change, without reloading the page',
    says: ['changes.last.succeeded', 'changes.last.details'],
    reach: async (fixture) => {
      const url = await active(fixture, METERED);
      const page = await changePlan(fixture, url);
      await page.goto(url);
      await page.locator(`main p.notice a[href*="/changes/"]`).waitFor();
      return page;
    },
  },
  {
    name: 'manage-history',
    shows: 'What happened, newest first, and who asked for it',
    says: [
      'history.title',
      'history.planChanged',
      'history.requestedBy',
      'history.change.planFrom',
      'history.purchased',
    ],
    reach: async (fixture) => {
      const url = await active(fixture, METERED);
      const page = await changePlan(fixture, url);
      await page.locator('[data-stage="succeeded"]').waitFor();
      await page.goto(`${url}/history`);
      return page;
    },
  },
  {
    name: 'manage-list',
    shows: 'All subscriptions that this person can see, with plan, seats and role',
    says: ['manage.list.title', 'manage.which.since', 'manage.which.id', 'people.role.owner'],
    reach: async (fixture) => {
      await active(fixture, { ...SEATS, name: LONG_NAME });
      return fixture.open(listUrl(fixture), 'ada');
    },
  },
  {
    name: 'manage-list-empty',
    shows: 'How to get a subscription',
    says: ['manage.list.empty', 'manage.list.emptyHelp'],
    reach: (fixture) => fixture.open(listUrl(fixture), 'otto'),
  },
  {
    name: 'manage-not-there',
    shows: 'To a stranger: the same page as for a subscription that does not exist',
    says: ['trouble.notFound', 'trouble.notFoundLead'],
    reach: async (fixture) => fixture.open(await active(fixture, SEATS), 'tara'),
  },
];

function listUrl({ client }: GalleryFixture): string {
  return `${client.stack.landingUrl}/subscriptions`;
}

/** Makes an active subscription and returns the address of its page. */
async function active(fixture: GalleryFixture, purchase: Purchase): Promise<string> {
  const { subscriptionId } = await fixture.active(purchase);
  return `${listUrl(fixture)}/${subscriptionId}`;
}

async function asks(fixture: GalleryFixture, url: string): Promise<void> {
  const ben = fixture.person('ben');
  await ben.submit(await ben.open(url), '/access');
}

/** Ben asks for access, and Ada lets him view the subscription. */
async function letIn(fixture: GalleryFixture, url: string): Promise<void> {
  await asks(fixture, url);
  const ada = fixture.person('ada');
  await ada.submit(await ada.open(`${url}/people`), '/people', { role: 'viewer' });
}

/** The publisher allows Basic for new customers only, and tells the others why. */
async function refuseSome(fixture: GalleryFixture): Promise<void> {
  const { policies } = fixture.client.api;
  fixture.after(() => policies.put.mutate({ rules: [] }));
  await policies.put.mutate({
    rules: [
      {
        id: 'basic-for-new-customers',
        offerId: SEATS.offerId,
        when: { action: 'ChangePlan', toPlanIds: ['basic'] },
        decision: 'refuse',
        message: {
          en: 'Basic is only for new customers. Talk to us about a smaller team.',
          de: 'Basic gibt es nur für Neukunden. Sprechen Sie uns auf ein kleineres Team an.',
        },
      },
    ],
  });
}

async function changePlan(fixture: GalleryFixture, url: string): Promise<Page> {
  const page = await fixture.open(`${url}/plan?to=growth`, 'ada');
  await page.goto(`${url}/plan?to=growth`);
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL(/\/changes\//);
  return page;
}

/** The customer has used the metered dimensions on several days, and today more than the plan includes. */
async function reachUsage(fixture: GalleryFixture): Promise<Page> {
  const { api, control } = fixture.client;
  const { offsetMs } = await control.clock();
  const back = (days: number) => control.setClock({ offsetMs: offsetMs - days * DAY_MS });
  // Usage must be reported within a day, so the clock of the whole system is set back and then moved day by day.
  fixture.after(() => back(0));
  await back(USED_DAILY.length - 1);
  const url = await active(fixture, METERED);
  const subscriptionId = url.split('/').at(-1) ?? '';
  for (const [index, { reports, calls }] of USED_DAILY.entries()) {
    await back(USED_DAILY.length - 1 - index);
    const occurredAt = (await fixture.client.now()).toISOString();
    const record = { subscriptionId, occurredAt };
    const records = [
      {
        ...record,
        eventId: `${subscriptionId}-r${index}`,
        dimension: 'reports',
        quantity: reports,
      },
      {
        ...record,
        eventId: `${subscriptionId}-c${index}`,
        dimension: 'api-calls',
        quantity: calls,
      },
    ];
    await until('usage is taken', async () => {
      const { results } = await api.usage.report.mutate({ records });
      return results.every(({ outcome }) => outcome !== 'refused') ? true : undefined;
    });
  }
  await until('the page has the cost', async () => {
    const { dimensions } = await api.usage.summary.query({ subscriptionId });
    return dimensions.some(({ overage, amount }) => overage === '62' && amount !== undefined);
  });
  const page = await fixture.open(url, 'ada');
  await page.locator('svg.chart').first().waitFor();
  return page;
}
