import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { Purchase } from '../../scenarios/buying.ts';
import { waitFor } from '../../stage.ts';
import type { PageState, Scene } from '../scene.ts';

const FLAT = { offerId: 'analytics', planId: 'starter' };
const SEATS = { offerId: 'teamdesk', planId: 'standard', quantity: 7 };
/** Of an offer that the other states leave alone: waiting for the product is set per offer. */
const AWAITED = { offerId: 'pulse', planId: 'starter' };
/** Microsoft lets a customer write this much; nobody has tried it out on a phone. */
const LONG_NAME = `Contoso_Analytics_${'ForTheWholeOfTheNorthernHemisphere_'.repeat(5)}end`;
const SUBMIT = 'form[action="/landing/confirm"] button[type=submit]';

/** From the purchase that waits for its buyer to the product that is ready. */
export const purchase: readonly PageState[] = [
  confirming('confirm-flat-rate', 'Offer, plan, price and who is signed in', FLAT, 'ada'),
  confirming('confirm-per-seat', 'The seats that were bought', SEATS, 'ada'),
  confirming(
    'confirm-free-trial',
    'When the trial ends and what follows',
    { offerId: 'teamdesk', planId: 'trial', quantity: 3, freeTrial: true },
    'ada',
  ),
  confirming(
    'confirm-private-offer',
    'That it came through a private offer, with its own price',
    { offerId: 'analytics', planId: 'enterprise', termUnit: 'P1Y', privateOfferId: randomUUID() },
    'ada',
  ),
  confirming(
    'confirm-long-name',
    'A name of two hundred letters, inside the card',
    { ...FLAT, name: LONG_NAME },
    'ada',
  ),
  confirming(
    'confirm-partner-staff',
    'That the partner sets it up for its customer',
    { ...SEATS, purchaser: 'sam' },
    'sam',
  ),
  confirming(
    'confirm-partner-customer',
    'The same purchase, as the customer of the partner sees it',
    { ...SEATS, purchaser: 'sam' },
    'ada',
  ),
  confirming('confirm-colleague', 'The purchase, to a colleague of the buyer', FLAT, 'ben'),
  confirming(
    'confirm-personal-account',
    'The purchase, to a personal account',
    { ...FLAT, beneficiary: 'pia' },
    'pia',
  ),
  confirming(
    'confirm-no-e-mail',
    'An empty field for the e-mail address, where Entra names none',
    { ...FLAT, beneficiary: 'nora' },
    'nora',
  ),
  confirming(
    'link-auto-activated',
    'A subscription that runs already and has no owner yet',
    { offerId: 'pulse', planId: 'essential' },
    'ada',
  ),
  {
    name: 'confirm-with-problems',
    shows: 'What was wrong in the form, beside its field, with everything kept',
    async reach(scene) {
      const page = await confirmPageOf(scene, SEATS, 'ada');
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
    shows: 'That we ask Microsoft, and the usual time',
    async reach(scene) {
      const { control } = scene.world;
      const bought = await scene.buy(FLAT);
      const { subscriptionId } = bought;
      const fault = await control.addFault({ endpoint: 'activate', hold: true, subscriptionId });
      scene.after(() => control.removeFault(fault.id));
      return follow(scene, bought, 'requested');
    },
  },
  {
    name: 'progress-microsoft-has-it',
    isAlone: true,
    shows: 'That Microsoft has the order and has not confirmed it yet',
    async reach(scene) {
      const { control } = scene.world;
      const { activationDelayMs } = await control.settings();
      scene.after(() => control.updateSettings({ activationDelayMs }));
      await control.updateSettings({ activationDelayMs: 600_000 });
      return follow(scene, await scene.buy(FLAT), 'received');
    },
  },
  {
    name: 'progress-space-is-made',
    isAlone: true,
    shows: 'That the space is being made before anything is billed',
    async reach(scene) {
      await waitForProduct(scene);
      return follow(scene, await scene.buy(AWAITED), 'provisioning');
    },
  },
  {
    name: 'progress-no-space',
    isAlone: true,
    shows: 'That the space could not be made, that nothing is billed, and the way out',
    async reach(scene) {
      await waitForProduct(scene);
      const bought = await scene.buy(AWAITED);
      const page = await follow(scene, bought, 'provisioning');
      await scene.world.api.subscriptions.failProvisioning.mutate({
        subscriptionId: bought.subscriptionId,
        reason: 'no-capacity',
      });
      await page.locator('[data-stage=failed]').waitFor();
      return page;
    },
  },
  {
    name: 'progress-activation-failed',
    isAlone: true,
    shows: 'That Microsoft ended the purchase instead of confirming it',
    async reach(scene) {
      const { control } = scene.world;
      scene.after(() => control.updateSettings({ activationFails: false }));
      await control.updateSettings({ activationFails: true });
      return follow(scene, await scene.buy(FLAT), 'ended');
    },
  },
  {
    name: 'progress-ready',
    shows: 'That all three are done, and the way into the product',
    reach: async (scene) => follow(scene, await scene.buy(SEATS), 'ready'),
  },
];

function confirming(name: string, shows: string, bought: Purchase, who: string): PageState {
  return { name, shows, reach: (scene) => confirmPageOf(scene, bought, who) };
}

async function confirmPageOf(scene: Scene, bought: Purchase, who: string): Promise<Page> {
  const { landingUrl } = await scene.buy(bought);
  const page = await scene.open(landingUrl, who);
  await page.locator(SUBMIT).waitFor();
  return page;
}

/** Confirms in the browser and stays until the page shows the stage. */
async function follow(
  scene: Scene,
  bought: { readonly landingUrl: string },
  stage: string,
): Promise<Page> {
  const page = await scene.open(bought.landingUrl, 'ada');
  await page.locator(SUBMIT).click();
  await page.locator(`[data-stage="${stage}"]`).waitFor();
  return page;
}

/** Purchases of this offer wait for the product, as long as the state is looked at. */
async function waitForProduct(scene: Scene): Promise<void> {
  const { settings } = scene.world.api;
  const { offerId } = AWAITED;
  const before = await settings.get.query({ offerId });
  scene.after(() => settings.put.mutate({ offerId, settings: before }));
  await settings.put.mutate({ offerId, settings: { ...before, waitForProduct: true } });
  await waitFor('the setting is in force', async () => {
    const { waitForProduct: isOn } = await settings.get.query({ offerId });
    return isOn ? true : undefined;
  });
}
