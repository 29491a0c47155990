import type { Page } from 'playwright-core';
import { confirmOnLandingPage, type Purchase } from '../../scenarios/buying.ts';
import { waitFor } from '../../fixture/stage.ts';
import type { PageState, Scene } from '../scene.ts';

const SEATS = { offerId: 'teamdesk', planId: 'standard', quantity: 20, beneficiary: 'ada' };
const METERED = { offerId: 'analytics', planId: 'starter', beneficiary: 'ada' };
const LONG_NAME = `Contoso_Teamdesk_${'ForTheWholeOfTheNorthernHemisphere_'.repeat(5)}end`;
/** Longer than anybody looks: the change stays under way. */
const NEVER_MS = 3_600_000;

/** The pages on which a customer manages what is active. */
export const managing: readonly PageState[] = [
  {
    name: 'manage-owner',
    shows: 'Plan, seats, renewal, people and history, and everything that an owner may do',
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
    reach: async (scene) => scene.open(await active(scene, SEATS), 'ada'),
  },
  {
    name: 'manage-usage',
    shows: 'Usage against what is included, and what is above',
    says: [
      'manage.usage.title',
      { key: 'manage.usage.of', with: { used: '62', included: '100' } },
      'manage.usage.above',
    ],
    reach: reachUsage,
  },
  {
    name: 'manage-long-name',
    shows: 'A name of two hundred letters, inside the card',
    says: ['manage.title', 'purchase.name'],
    reach: async (scene) => scene.open(await active(scene, { ...SEATS, name: LONG_NAME }), 'ada'),
  },
  {
    name: 'manage-partner',
    shows: 'No buttons, and that the partner makes the changes',
    says: ['manage.why.partner'],
    reach: async (scene) => {
      const bought = await scene.buy({ ...SEATS, purchaser: 'sam' });
      await confirmOnLandingPage(scene, bought.landingUrl, 'ada');
      await scene.reaches(bought.subscriptionId, 'Subscribed');
      return scene.open(`${listUrl(scene)}/${bought.subscriptionId}`, 'ada');
    },
  },
  {
    name: 'manage-viewer',
    shows: 'No buttons, and whose role allows changes',
    says: ['manage.denied.change', 'people.role.viewer'],
    reach: async (scene) => {
      const url = await active(scene, SEATS);
      await letIn(scene, url);
      return scene.open(url, 'ben');
    },
  },
  {
    name: 'manage-denied',
    shows: 'That the role does not allow it, and whose does',
    says: ['manage.denied.title', 'manage.denied.change'],
    reach: async (scene) => {
      const url = await active(scene, SEATS);
      await letIn(scene, url);
      return scene.open(`${url}/plan`, 'ben');
    },
  },
  {
    name: 'manage-ask',
    shows: 'The name of the product alone, and a button to ask for access',
    says: ['people.ask.title', 'people.ask.lead', 'people.ask.shared'],
    reach: async (scene) => scene.open(await active(scene, SEATS), 'ben'),
  },
  {
    name: 'manage-people',
    shows: 'Who has access, who asks for it, and what can be done',
    says: ['people.title', 'people.waiting', 'people.grant', 'people.refuse'],
    reach: async (scene) => {
      const url = await active(scene, SEATS);
      await asks(scene, url);
      return scene.open(`${url}/people`, 'ada');
    },
  },
  {
    name: 'manage-plan',
    shows: 'The plan in force and the ones to choose from, with prices and seats',
    says: ['changes.plan.title', 'changes.plan.lead', 'changes.plan.current'],
    reach: async (scene) => scene.open(`${await active(scene, SEATS)}/plan`, 'ada'),
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
    reach: async (scene) => {
      const page = await scene.open(`${await active(scene, SEATS)}/plan`, 'ada');
      await page.locator('input[name=to][value=basic]').check();
      await page.locator('main button[type=submit]').click();
      await page.locator('input[name=request]').waitFor({ state: 'attached' });
      return page;
    },
  },
  {
    name: 'manage-plan-refused',
    shows: 'Which plan the publisher does not allow, and why in its own words',
    says: ['changes.plan.title', 'changes.plan.refused'],
    isAlone: true,
    reach: async (scene) => {
      const url = await active(scene, SEATS);
      await refuseSome(scene);
      return scene.open(`${url}/plan`, 'ada');
    },
  },
  {
    name: 'manage-fixed',
    shows: 'That neither plan nor seats can be changed, and why, before anybody tries',
    says: ['manage.why.noOtherPlan', 'changes.plan.refused', 'changes.seats.none', 'manage.cancel'],
    isAlone: true,
    reach: async (scene) => {
      const { policies } = scene.world.api;
      scene.after(() => policies.put.mutate({ rules: [] }));
      const { offerId } = SEATS;
      const message = { en: 'Your contract fixes plan and seats.' };
      const refused = { offerId, decision: 'refuse' as const, message };
      await policies.put.mutate({
        rules: [
          { ...refused, id: 'plans', when: { action: 'ChangePlan' } },
          { ...refused, id: 'seats', when: { action: 'ChangeQuantity' } },
        ],
      });
      return scene.open(await active(scene, SEATS), 'ada');
    },
  },
  {
    name: 'manage-refused-by-rule',
    shows: 'A change that the publisher did not allow, and why in its own words',
    says: ['changes.stage.failed', 'changes.failed.byPublisher'],
    isAlone: true,
    reach: async (scene) => {
      const url = await active(scene, SEATS);
      const page = await scene.open(`${url}/plan?to=basic`, 'ada');
      await page.goto(`${url}/plan?to=basic`);
      await refuseSome(scene);
      await page.locator('main form button[type=submit]').click();
      await page.waitForURL(/\/changes\//);
      return page;
    },
  },
  {
    name: 'manage-asked',
    shows: 'That the request was sent, and what to do when nobody answers',
    says: ['people.ask.sent', 'people.ask.sentText', 'people.ask.noAnswer'],
    reach: async (scene) => {
      const url = await active(scene, SEATS);
      await asks(scene, url);
      return scene.open(url, 'ben');
    },
  },
  {
    name: 'manage-seats-wrong',
    shows: 'What was typed, and what is possible',
    says: ['changes.seats.title', 'changes.seats.problem'],
    reach: async (scene) => {
      const page = await scene.open(`${await active(scene, SEATS)}/seats`, 'ada');
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
    shows: 'What follows from a cancellation, and the box to tick',
    says: [
      'changes.cancel.title',
      'changes.cancel.lead',
      'manage.which.since',
      'changes.cancel.money',
      'changes.cancel.data',
      'changes.cancel.tick',
    ],
    reach: async (scene) => scene.open(`${await active(scene, SEATS)}/cancel`, 'ada'),
  },
  {
    name: 'manage-under-way',
    shows: 'The change that is under way, instead of buttons',
    says: ['changes.pending', 'changes.follow'],
    isAlone: true,
    reach: async (scene) => {
      const url = await active(scene, METERED);
      await scene.world.control.updateSettings({ partnerDelayMs: NEVER_MS });
      scene.after(() => scene.world.control.updateSettings({ partnerDelayMs: 1000 }));
      const page = await changePlan(scene, url);
      await page.goto(url);
      return page;
    },
  },
  {
    name: 'manage-changed',
    shows: 'That the change is in force',
    says: ['changes.stage.succeeded', 'changes.succeeded.text'],
    reach: async (scene) => {
      const page = await changePlan(scene, await active(scene, METERED));
      await page.locator('[data-stage="succeeded"]').waitFor();
      return page;
    },
  },
  {
    name: 'manage-news',
    shows: 'How the last change ended, as soon as it has, without loading the page by hand',
    says: ['changes.last.succeeded', 'changes.last.details'],
    reach: async (scene) => {
      const url = await active(scene, METERED);
      const page = await changePlan(scene, url);
      await page.goto(url);
      await page.locator(`main p.notice a[href*="/changes/"]`).waitFor();
      return page;
    },
  },
  {
    name: 'manage-history',
    shows: 'What happened, newest first, with who asked for it',
    says: [
      'history.title',
      'history.planChanged',
      'history.requestedBy',
      'history.change.planFrom',
      'history.purchased',
    ],
    reach: async (scene) => {
      const url = await active(scene, METERED);
      const page = await changePlan(scene, url);
      await page.locator('[data-stage="succeeded"]').waitFor();
      await page.goto(`${url}/history`);
      return page;
    },
  },
  {
    name: 'manage-list',
    shows: 'All that this person may see, with plan, seats and role',
    says: ['manage.list.title', 'manage.which.since', 'manage.which.id', 'people.role.owner'],
    reach: async (scene) => {
      await active(scene, { ...SEATS, name: LONG_NAME });
      return scene.open(listUrl(scene), 'ada');
    },
  },
  {
    name: 'manage-list-empty',
    shows: 'How to come to a subscription',
    says: ['manage.list.empty', 'manage.list.emptyHelp'],
    reach: (scene) => scene.open(listUrl(scene), 'otto'),
  },
  {
    name: 'manage-not-there',
    shows: 'To a stranger: the same as for what never was',
    says: ['trouble.notFound', 'trouble.notFoundLead'],
    reach: async (scene) => scene.open(await active(scene, SEATS), 'tara'),
  },
];

function listUrl({ world }: Scene): string {
  return `${world.stack.landingUrl}/subscriptions`;
}

/** The address of the page of a subscription that was bought and confirmed just now. */
async function active(scene: Scene, purchase: Purchase): Promise<string> {
  const { subscriptionId } = await scene.active(purchase);
  return `${listUrl(scene)}/${subscriptionId}`;
}

async function asks(scene: Scene, url: string): Promise<void> {
  const ben = scene.person('ben');
  await ben.submit(await ben.open(url), '/access');
}

/** Ben asks, Ada lets him look. */
async function letIn(scene: Scene, url: string): Promise<void> {
  await asks(scene, url);
  const ada = scene.person('ada');
  await ada.submit(await ada.open(`${url}/people`), '/people', { role: 'viewer' });
}

/** The publisher sells Basic to new customers only, and says so to the others. */
async function refuseSome(scene: Scene): Promise<void> {
  const { policies } = scene.world.api;
  scene.after(() => policies.put.mutate({ rules: [] }));
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

async function changePlan(scene: Scene, url: string): Promise<Page> {
  const page = await scene.open(`${url}/plan?to=growth`, 'ada');
  await page.goto(`${url}/plan?to=growth`);
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL(/\/changes\//);
  return page;
}

async function reachUsage(scene: Scene): Promise<Page> {
  const { api } = scene.world;
  const url = await active(scene, METERED);
  const subscriptionId = url.split('/').at(-1) ?? '';
  const include = { offerId: METERED.offerId, planId: METERED.planId };
  await api.dimensions.put.mutate({ ...include, dimension: 'reports', included: 100 });
  await api.dimensions.put.mutate({ ...include, dimension: 'api-calls', included: 10 });
  const occurredAt = new Date().toISOString();
  const records = [
    {
      eventId: `${subscriptionId}-1`,
      subscriptionId,
      dimension: 'reports',
      quantity: 62,
      occurredAt,
    },
    {
      eventId: `${subscriptionId}-2`,
      subscriptionId,
      dimension: 'api-calls',
      quantity: 12.5,
      occurredAt,
    },
  ];
  await waitFor('usage is taken', async () => {
    const { results } = await api.usage.report.mutate({ records });
    return results.every(({ outcome }) => outcome !== 'refused') ? true : undefined;
  });
  return scene.open(url, 'ada');
}
