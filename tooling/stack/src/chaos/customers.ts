import type { PurchaseInput } from '@landfall/emulator/control-contract';
import { ControlError } from '@landfall/emulator/control-client';
import { Buyer } from '../fixture/buyer.ts';
import type { ChaosFixture } from './fixture.ts';
import type { Ledger } from './ledger.ts';
import { persist, sleep } from './patience.ts';
import type { Random } from './random.ts';
import { stepsFor, type Customer } from './steps.ts';

/** Customers that are active at the same time. More would only queue for two cores. */
const CUSTOMERS = 10;
const STEPS = { min: 2, max: 7 };
const THINKING_MS = { min: 100, max: 1_500 };
/** After this long, a customer continues without the activation. */
const ACTIVATION_PATIENCE_MS = 20_000;
const ACTIVATION_POLL_MS = 250;

/**
 * Some customers never open the landing page, some use the real page; for the others the worker's
 * procedures are called directly.
 */
const NEVER_OPENED = 0.03;
const CANCELLED_UNOPENED = 0.03;
const REAL_LANDING_PAGE = 0.12;
const PARTNER_LED = 0.08;

const ORDERS: readonly Pick<PurchaseInput, 'offerId' | 'planId' | 'quantity'>[] = [
  { offerId: 'analytics', planId: 'starter' },
  { offerId: 'analytics', planId: 'growth' },
  { offerId: 'teamdesk', planId: 'basic', quantity: 12 },
  { offerId: 'teamdesk', planId: 'standard', quantity: 20 },
  { offerId: 'teamdesk', planId: 'trial', quantity: 5 },
  { offerId: 'pulse', planId: 'starter' },
  { offerId: 'pulse', planId: 'essential' },
  { offerId: 'pulse', planId: 'pro' },
];

/** Customers buy, change and cancel until the signal. */
export async function live(
  fixture: ChaosFixture,
  ledger: Ledger,
  random: Random,
  signal: AbortSignal,
  customers = CUSTOMERS,
): Promise<void> {
  const lanes = Array.from({ length: customers }, async () => {
    const own = random.fork();
    while (!signal.aborted) await life({ fixture, ledger, random: own, signal });
  });
  await Promise.all(lanes);
}

async function life(run: Omit<Customer, 'subscriptionId'>): Promise<void> {
  const { fixture, ledger, random, signal } = run;
  const { control } = fixture.client;
  const who = random.pick(['ada', 'ben', 'tara']);
  const bought = await control.purchase(order(fixture, who, random));
  ledger.count('purchases');
  const customer: Customer = { ...run, subscriptionId: bought.subscriptionId };
  if (random.chance(NEVER_OPENED)) return;
  if (random.chance(CANCELLED_UNOPENED)) return void (await control.cancel(bought.subscriptionId));
  await sleep(random.whole(THINKING_MS.min, THINKING_MS.max), signal);
  await configure(customer, { ...bought, who });
  await subscribed(customer);
  const steps = random.whole(STEPS.min, STEPS.max);
  for (let step = 0; step < steps && !signal.aborted; step += 1) {
    await sleep(random.whole(THINKING_MS.min, THINKING_MS.max), signal);
    await act(customer);
  }
}

/**
 * A step that the marketplace does not allow now (locked, ended) is counted, and is not an error.
 */
async function act(customer: Customer): Promise<void> {
  const { fixture, ledger, random, subscriptionId } = customer;
  const seen = await fixture.client.control.subscription(subscriptionId);
  const step = random.weighted(stepsFor(seen));
  try {
    await step.take(customer, seen);
    ledger.count(step.name);
  } catch (error: unknown) {
    if (!(error instanceof ControlError)) throw error;
    ledger.count('not allowed by the marketplace');
  }
}

function order(fixture: ChaosFixture, who: string, random: Random): PurchaseInput {
  const beneficiary = fixture.client.person(who).email;
  const isPartnerLed = random.chance(PARTNER_LED);
  return {
    ...random.pick(ORDERS),
    beneficiary,
    ...(isPartnerLed && { purchaser: fixture.client.person('sam').email }),
  };
}

interface Bought {
  readonly purchaseToken: string;
  readonly landingUrl: string | null;
  readonly who: string;
}

/** The landing visit and the confirmation, each repeated until it is answered. */
async function configure(customer: Customer, bought: Bought): Promise<void> {
  const { fixture, ledger, random, signal, subscriptionId } = customer;
  const { landingUrl, purchaseToken } = bought;
  if (landingUrl && random.chance(REAL_LANDING_PAGE)) {
    const outcome = await persist(() => confirmOnPage(fixture, landingUrl, bought.who), signal);
    if (outcome) ledger.opened.add(subscriptionId);
    if (outcome === 'confirmed') {
      ledger.activated.add(subscriptionId);
      ledger.count('confirmed on the landing page');
    }
    return;
  }
  const resolve = () => fixture.worker.purchases.resolve.mutate({ purchaseToken });
  if (!(await persist(resolve, signal))) return;
  ledger.opened.add(subscriptionId);
  const activate = () => fixture.client.api.subscriptions.activate.mutate({ subscriptionId });
  if (await persist(activate, signal)) ledger.activated.add(subscriptionId);
}

/** A page without the form is another person's purchase, or one that needs no confirmation. */
async function confirmOnPage(
  fixture: ChaosFixture,
  landingUrl: string,
  who: string,
): Promise<'confirmed' | 'opened'> {
  const person = fixture.client.person(who);
  const buyer = new Buyer(person);
  const page = await buyer.open(landingUrl);
  if (page.status !== 200) throw new Error(`the landing page answered ${page.status}`);
  if (!page.html.querySelector('form[action="/landing/confirm"]')) return 'opened';
  const after = await buyer.submit(page, '/landing/confirm', { email: person.email });
  if (after.status !== 200) throw new Error(`the confirmation was answered ${after.status}`);
  return 'confirmed';
}

async function subscribed({ fixture, signal, subscriptionId }: Customer): Promise<void> {
  const deadline = Date.now() + ACTIVATION_PATIENCE_MS;
  while (!signal.aborted && Date.now() < deadline) {
    const { status } = await fixture.client.control.subscription(subscriptionId);
    if (status !== 'PendingFulfillmentStart') return;
    await sleep(ACTIVATION_POLL_MS, signal);
  }
}
