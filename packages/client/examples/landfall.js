// Shared by the examples: the client, the usage buffer and the receiver of this product.
import { createLandfallClient } from '@landfall/client';
import { createReceiver, rememberIds } from '@landfall/client/receiver';
import { createUsageBuffer } from '@landfall/client/usage';

const { LANDFALL_URL = '', LANDFALL_API_KEY = '', LANDFALL_SECRET = '' } = process.env;

export const landfall = createLandfallClient({ url: LANDFALL_URL, apiKey: LANDFALL_API_KEY });

/** Reports what is left when the process is asked to end. */
export const usage = createUsageBuffer(landfall, { closeOn: ['SIGTERM', 'SIGINT'] });

/** Your database knows how many seats a customer uses. */
const seatsInUse = async (_subscriptionId) => 8;

export const receive = createReceiver({
  secrets: [LANDFALL_SECRET],
  seen: rememberIds(),
  async onEvent(event) {
    // Store it, and act on it afterwards.
    console.log(event.type, event.subscription?.id ?? '');
  },
  async onDecision({ subscription, change }) {
    if (change.action !== 'ChangeQuantity') return { answer: 'accept' };
    const used = await seatsInUse(subscription.id);
    if (change.quantity >= used) return { answer: 'accept' };
    return { answer: 'refuse', reason: 'seats-in-use' };
  },
});
