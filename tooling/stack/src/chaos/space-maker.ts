import type { ChaosFixture } from './fixture.ts';
import type { Ledger } from './ledger.ts';
import { persist, sleep } from './patience.ts';
import type { ReceivedEvent } from './product.ts';
import type { Random } from './random.ts';

/** Activations of this offer wait for the customer's space; those of other offers do not. */
const OFFER = 'pulse';
/** From immediately, to long enough that the worker that asked has been killed. */
const MAKING_MS = { min: 0, max: 3_000 };
const NO_ROOM = 0.15;
/** The product repeats a call if it got no answer, so some calls arrive twice. */
const SAID_TWICE = 0.2;

/**
 * The ISV's product creates the spaces for one offer: sooner, later or not at all. It answers every
 * request, also those after the end of the disturbance.
 */
export async function makeSpaces(
  fixture: ChaosFixture,
  ledger: Ledger,
  random: Random,
): Promise<void> {
  const { settings } = fixture.client.api;
  await settings.put.mutate({ offerId: OFFER, settings: { waitForProduct: true } });
  ledger.offersWithSpaces.add(OFFER);
  // One answer at a time per subscription, because the last one counts.
  const busy = new Map<string, Promise<void>>();
  fixture.product.onFirst((event) => {
    if (event.type !== 'subscription.provisioningRequested') return;
    const { subscriptionId } = event;
    const earlier = busy.get(subscriptionId) ?? Promise.resolve();
    const own = random.fork();
    busy.set(
      subscriptionId,
      earlier.then(() => answer(fixture, ledger, { event, random: own })),
    );
  });
}

const never = new AbortController().signal;

async function answer(
  fixture: ChaosFixture,
  ledger: Ledger,
  asked: { readonly event: ReceivedEvent; readonly random: Random },
): Promise<void> {
  const { random } = asked;
  const { subscriptionId } = asked.event;
  const { subscriptions } = fixture.client.api;
  const hasRoom = !random.chance(NO_ROOM);
  const reason = 'no-capacity';
  const say = () =>
    hasRoom
      ? subscriptions.confirmProvisioned.mutate({ subscriptionId })
      : subscriptions.failProvisioning.mutate({ subscriptionId, reason });
  await sleep(random.whole(MAKING_MS.min, MAKING_MS.max), never);
  if (hasRoom) ledger.withoutSpace.delete(subscriptionId);
  else ledger.withoutSpace.add(subscriptionId);
  const times = random.chance(SAID_TWICE) ? 2 : 1;
  await Promise.all(Array.from({ length: times }, () => persist(say, never)));
  ledger.count(hasRoom ? 'spaces made' : 'spaces refused');
}
