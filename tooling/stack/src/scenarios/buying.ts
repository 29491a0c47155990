import type { PurchaseInput } from '@landfall/emulator/control-contract';
import { Buyer, type Page } from '../fixture/buyer.ts';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import type { StackClient } from '../fixture/stack-client.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Far enough back that the hour of the usage is over, recent enough that Microsoft accepts it. */
const HOURS_BACK = 3;

export interface Purchase extends Omit<PurchaseInput, 'beneficiary' | 'purchaser'> {
  /** Test people, by the part of the address before the @. */
  readonly beneficiary?: string;
  readonly purchaser?: string;
}

/** A scenario's fixture, or the gallery's. */
interface WithClient {
  readonly client: StackClient;
}

/** Buys as the storefront does. Landfall does not know of the purchase yet. */
export async function buy({ client }: WithClient, purchase: Purchase) {
  const { beneficiary = 'ada', purchaser, ...order } = purchase;
  const bought = await client.control.purchase({
    ...order,
    beneficiary: client.person(beneficiary).email,
    ...(purchaser ? { purchaser: client.person(purchaser).email } : {}),
  });
  return { subscriptionId: bought.subscriptionId, landingUrl: opened(bought.landingUrl) };
}

/** The address that "Configure account" opens, for a subscription of any status. */
export async function configureAccountUrl(
  { client }: WithClient,
  subscriptionId: string,
): Promise<string> {
  const { landingUrl } = await client.control.mintToken(subscriptionId);
  return opened(landingUrl);
}

function opened(landingUrl: string | null): string {
  expectThat(landingUrl !== null, 'the marketplace has the address of the landing page');
  return landingUrl;
}

/** "Configure account", sign-in and the confirm button, through the public landing page. */
export async function confirmOnLandingPage(
  { client }: WithClient,
  landingUrl: string,
  who = 'ada',
): Promise<Page> {
  const person = client.person(who);
  const buyer = new Buyer(person);
  const page = await buyer.open(landingUrl);
  expectThat(page.status === 200, `the landing page opens (HTTP ${page.status})`);
  expectThat(!page.url.includes('token='), 'the purchase token is no longer in the URL');
  return buyer.submit(page, '/landing/confirm', { email: person.email });
}

/** Makes an active subscription, for scenarios that begin with one. Returns its id. */
export async function buyAndActivate(
  fixture: ScenarioFixture,
  purchase: Purchase,
): Promise<string> {
  const { subscriptionId, landingUrl } = await buy(fixture, purchase);
  await fixture.agreed(
    'a customer buys, confirms on the landing page and is active',
    subscriptionId,
    { status: 'Subscribed', planId: purchase.planId },
    () => confirmOnLandingPage(fixture, landingUrl, purchase.purchaser ?? purchase.beneficiary),
  );
  return subscriptionId;
}

/**
 * Does the same some hours ago, so that there is a past hour whose usage can be reported. Meanwhile
 * the emulator's clock is set back, and with it that of the services, so nothing may run at the
 * same time. Returns the ids in the order of the purchases.
 */
export async function buyHoursAgo<const Purchases extends readonly Purchase[]>(
  fixture: ScenarioFixture,
  ...purchases: Purchases
): Promise<{ [Index in keyof Purchases]: string }> {
  const { control } = fixture.client;
  const before = await control.clock();
  const { activationDelayMs } = await control.settings();
  // Other scenarios show how long an activation takes.
  await control.updateSettings({ activationDelayMs: 0 });
  await control.setClock({ offsetMs: before.offsetMs - HOURS_BACK * HOUR_MS });
  try {
    const bought = await Promise.all(purchases.map((one) => buyAndActivate(fixture, one)));
    return bought as { [Index in keyof Purchases]: string };
  } finally {
    await control.setClock({ offsetMs: before.offsetMs });
    await control.updateSettings({ activationDelayMs });
  }
}
