import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { Purchase } from '../../scenarios/buying.ts';
import { until } from '@landfall/servers/wait';
import type { PageState, GalleryFixture } from '../fixture.ts';

const FLAT = { offerId: 'analytics', planId: 'starter' };
const SEATS = { offerId: 'teamdesk', planId: 'standard', quantity: 7 };
/** No other state uses this offer, because waiting for the product is set per offer. */
const AWAITED = { offerId: 'pulse', planId: 'starter' };
/** Microsoft allows a name of this length. */
const LONG_NAME = `Contoso_Analytics_${'ForTheWholeOfTheNorthernHemisphere_'.repeat(5)}end`;
const SUBMIT = 'form[action="/landing/confirm"] button[type=submit]';

/** Pages from the purchase that waits for its buyer to the product that is ready. */
export const purchase: readonly PageState[] = [
  confirming(
    'confirm-flat-rate',
    'Offer, plan, price, and who is signed in',
    {
      says: [
        'confirm.title',
        'confirm.lead',
        'confirm.deadline',
        { key: 'purchase.per.months', with: { price: '49' } },
      ],
    },
    FLAT,
    'ada',
  ),
  confirming(
    'confirm-per-seat',
    'The seats that were bought',
    {
      says: [
        'purchase.seats',
        { key: 'purchase.perSeat', with: { price: '15' } },
        'purchase.total',
        { key: 'purchase.per.months', with: { price: '105' } },
      ],
    },
    SEATS,
    'ada',
  ),
  confirming(
    'confirm-free-trial',
    'That it is a free trial, and the price afterwards',
    { says: ['purchase.trial', 'purchase.priceAfterTrial', 'purchase.totalAfterTrial'] },
    { offerId: 'teamdesk', planId: 'trial', quantity: 3, freeTrial: true },
    'ada',
  ),
  confirming(
    'confirm-private-offer',
    'That the price is agreed in a private offer, and no list price',
    { says: ['confirm.title', 'purchase.privatePrice'], hides: ['$'] },
    { offerId: 'analytics', planId: 'enterprise', termUnit: 'P1Y', privateOfferId: randomUUID() },
    'ada',
  ),
  {
    name: 'confirm-price-unknown',
    shows: 'The purchase without an amount, while Microsoft does not return the price',
    says: ['confirm.title', 'purchase.priceUnknown'],
    hides: ['$'],
    async reach(fixture) {
      const { control } = fixture.client;
      const { landingUrl, subscriptionId } = await fixture.buy(SEATS);
      const fault = await control.addFault({ endpoint: 'plans', status: 503, subscriptionId });
      fixture.after(() => control.removeFault(fault.id));
      const page = await fixture.open(landingUrl, 'ada');
      await page.locator(SUBMIT).waitFor();
      return page;
    },
  },
  confirming(
    'confirm-long-name',
    'A name of two hundred letters, inside the card',
    { says: ['confirm.title', 'purchase.name'] },
    { ...FLAT, name: LONG_NAME },
    'ada',
  ),
  confirming(
    'confirm-partner-staff',
    'That the partner sets it up for the customer',
    {
      says: [
        'confirm.forCustomer',
        'confirm.onBehalf',
        'confirm.emailOfCustomer',
        'purchase.partnerPrice',
      ],
      hides: ['$'],
    },
    { ...SEATS, purchaser: 'sam' },
    'sam',
  ),
  confirming(
    'confirm-partner-customer',
    "The same purchase, as the partner's customer sees it",
    { says: ['confirm.title', 'purchase.partner', 'purchase.partnerPrice'], hides: ['$'] },
    { ...SEATS, purchaser: 'sam' },
    'ada',
  ),
  confirming(
    'confirm-colleague',
    'The purchase, to a colleague of the buyer',
    { says: ['confirm.title', 'confirm.email'] },
    FLAT,
    'ben',
  ),
  confirming(
    'confirm-personal-account',
    'The purchase, to a personal account',
    { says: ['confirm.title', 'confirm.email'] },
    { ...FLAT, beneficiary: 'pia' },
    'pia',
  ),
  confirming(
    'confirm-no-e-mail',
    'An empty field for the e-mail address, if Entra does not return one',
    { says: ['confirm.title', 'confirm.email', 'confirm.emailHelp'] },
    { ...FLAT, beneficiary: 'nora' },
    'nora',
  ),
  confirming(
    'link-auto-activated',
    'A subscription that is already active and has no owner yet',
    { says: ['confirm.titleLink', 'confirm.leadLink', 'confirm.submitLink', 'confirm.noteLink'] },
    { offerId: 'pulse', planId: 'essential' },
    'ada',
  ),
  {
    name: 'confirm-with-problems',
    shows: 'The error next to its field, with everything that was entered',
    says: ['questions.problems', 'confirm.emailProblem'],
    async reach(fixture) {
      const page = await confirmPageOf(fixture, SEATS, 'ada');
      await page.locator('form[action="/landing/confirm"]').evaluate((form) => {
        (form as HTMLFormElement).noValidate = true;
      });
      await page.locator('#email').fill('not an address');
      await page.locator(SUBMIT).click();
      return page;
    },
  },
  {
    name: 'progress-asking-microsoft',
    shows: 'That Microsoft is being asked, and the usual time',
    says: ['progress.requested', 'progress.step.requested.current', 'progress.underwayLead'],
    async reach(fixture) {
      const { control } = fixture.client;
      const bought = await fixture.buy(FLAT);
      const { subscriptionId } = bought;
      const fault = await control.addFault({ endpoint: 'activate', hold: true, subscriptionId });
      fixture.after(() => control.removeFault(fault.id));
      return follow(fixture, bought, 'requested');
    },
  },
  {
    name: 'progress-microsoft-has-it',
    isAlone: true,
    shows: 'That Microsoft has the order and has not confirmed it yet',
    says: ['progress.received', 'progress.step.requested.done', 'progress.step.confirmed.current'],
    async reach(fixture) {
      const { control } = fixture.client;
      const { activationDelayMs } = await control.settings();
      fixture.after(() => control.updateSettings({ activationDelayMs }));
      await control.updateSettings({ activationDelayMs: 600_000 });
      return follow(fixture, await fixture.buy(FLAT), 'received');
    },
  },
  {
    name: 'progress-space-is-made',
    isAlone: true,
    shows: 'That the space is being created before billing starts',
    says: ['progress.provisioning', 'progress.step.space.current', 'progress.spaceLead'],
    async reach(fixture) {
      await waitForProduct(fixture);
      return follow(fixture, await fixture.buy(AWAITED), 'provisioning');
    },
  },
  {
    name: 'progress-no-space',
    isAlone: true,
    shows: 'That the space could not be created, that nothing is billed, and what to do',
    says: ['progress.failed', 'progress.failedLead', 'progress.failedNote', 'progress.tryAgain'],
    async reach(fixture) {
      await waitForProduct(fixture);
      const bought = await fixture.buy(AWAITED);
      const page = await follow(fixture, bought, 'provisioning');
      await fixture.client.api.subscriptions.failProvisioning.mutate({
        subscriptionId: bought.subscriptionId,
        reason: 'no-capacity',
      });
      await page.locator('[data-stage=failed]').waitFor();
      return page;
    },
  },
  {
    name: 'progress-awaiting-approval',
    isAlone: true,
    shows: 'That the seller decides, what follows from either answer, and how many days are left',
    says: [
      'progress.awaitingApproval',
      'progress.step.approval.current',
      'progress.approvalLead',
      'progress.approvalYes',
      'progress.approvalNo',
      'progress.approvalDays',
      'progress.approvalLeave',
    ],
    async reach(fixture) {
      await approveByHand(fixture);
      return follow(fixture, await fixture.buy(AWAITED), 'awaitingApproval');
    },
  },
  {
    name: 'progress-approved',
    isAlone: true,
    shows: 'By itself, that the seller has approved, and that Microsoft is being asked',
    says: [
      'progress.requested',
      'progress.step.approval.done',
      'progress.step.requested.current',
      'progress.underwayLead',
    ],
    async reach(fixture) {
      const { control, api } = fixture.client;
      await approveByHand(fixture);
      const bought = await fixture.buy(AWAITED);
      const { subscriptionId } = bought;
      const fault = await control.addFault({ endpoint: 'activate', hold: true, subscriptionId });
      fixture.after(() => control.removeFault(fault.id));
      const page = await follow(fixture, bought, 'awaitingApproval');
      await api.subscriptions.approve.mutate({ subscriptionId });
      await page.locator('[data-stage=requested]').waitFor();
      return page;
    },
  },
  {
    name: 'progress-declined',
    isAlone: true,
    shows: "The seller's message about a purchase that was declined, and what to do",
    says: [
      'progress.declined',
      'progress.declinedLead',
      'progress.declinedMessage',
      'progress.declinedNext',
    ],
    hides: ['Credit check failed'],
    async reach(fixture) {
      await approveByHand(fixture);
      const bought = await fixture.buy(AWAITED);
      const page = await follow(fixture, bought, 'awaitingApproval');
      await fixture.client.api.subscriptions.decline.mutate({
        subscriptionId: bought.subscriptionId,
        reason: 'Credit check failed',
        messageToBuyer:
          'We could not verify your organisation.\nPlease write to sales@contoso.example, and we will find a way.',
      });
      await page.locator('[data-stage=declined]').waitFor();
      return page;
    },
  },
  {
    name: 'progress-activation-failed',
    isAlone: true,
    shows: 'That Microsoft ended the purchase instead of confirming it',
    says: ['progress.ended', 'progress.endedLead', 'progress.buyAgain'],
    async reach(fixture) {
      const { control } = fixture.client;
      fixture.after(() => control.updateSettings({ activationFails: false }));
      await control.updateSettings({ activationFails: true });
      return follow(fixture, await fixture.buy(FLAT), 'ended');
    },
  },
  {
    name: 'progress-ready',
    shows: 'That all three steps are done, and a link to the product',
    says: [
      'progress.ready',
      'progress.readyLead',
      'progress.step.confirmed.done',
      'purchase.nextBilling',
      { key: 'purchase.per.months', with: { price: '105' } },
    ],
    reach: async (fixture) => follow(fixture, await fixture.buy(SEATS), 'ready'),
  },
];

function confirming(
  name: string,
  shows: string,
  said: Pick<PageState, 'says' | 'hides'>,
  bought: Purchase,
  who: string,
): PageState {
  return { name, shows, ...said, reach: (fixture) => confirmPageOf(fixture, bought, who) };
}

async function confirmPageOf(
  fixture: GalleryFixture,
  bought: Purchase,
  who: string,
): Promise<Page> {
  const { landingUrl } = await fixture.buy(bought);
  const page = await fixture.open(landingUrl, who);
  await page.locator(SUBMIT).waitFor();
  await priceIsThere(page);
  return page;
}

/** The script loads the price after the page if the machine or Microsoft is slow. */
async function priceIsThere(page: Page): Promise<void> {
  await page.locator('[data-unfinished]').waitFor({ state: 'detached' });
}

/** Confirms in the browser and waits until the page shows this stage. */
async function follow(
  fixture: GalleryFixture,
  bought: { readonly landingUrl: string },
  stage: string,
): Promise<Page> {
  const page = await fixture.open(bought.landingUrl, 'ada');
  await page.locator(SUBMIT).click();
  await page.locator(`[data-stage="${stage}"]`).waitFor();
  await priceIsThere(page);
  return page;
}

/** Purchases of this offer wait for the publisher until the state ends. */
async function approveByHand(fixture: GalleryFixture): Promise<void> {
  const { settings } = fixture.client.api;
  const { offerId } = AWAITED;
  fixture.after(() => settings.put.mutate({ offerId, settings: { manualApproval: null } }));
  await settings.put.mutate({ offerId, settings: { manualApproval: 'all' } });
}

/** Purchases of this offer wait for the product until the state ends. */
async function waitForProduct(fixture: GalleryFixture): Promise<void> {
  const { settings } = fixture.client.api;
  const { offerId } = AWAITED;
  fixture.after(() => settings.put.mutate({ offerId, settings: { waitForProduct: null } }));
  await settings.put.mutate({ offerId, settings: { waitForProduct: true } });
  await until('the setting is in force', async () => {
    const { waitForProduct: isOn } = await settings.get.query({ offerId });
    return isOn ? true : undefined;
  });
}
