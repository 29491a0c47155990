import { expectThat } from '../fixture/scenario-fixture.ts';
import { buyAndActivate } from './buying.ts';
import { timelineKinds } from './purchases.ts';
import type { Scenario } from './scenario.ts';

export const repeatedCommand: Scenario = {
  name: 'a command sent three times',
  guarantee: 'A command that is repeated with its Idempotency-Key is carried out once',
  async play(fixture) {
    const { stack } = fixture.client;
    const id = await buyAndActivate(fixture, {
      offerId: 'teamdesk',
      planId: 'standard',
      quantity: 5,
    });
    const idempotencyKey = crypto.randomUUID();
    const send = async (quantity: number) => {
      const response = await fetch(`${stack.gatewayUrl}/v1/subscriptions/${id}/change-quantity`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${stack.operatorApiKey}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
        body: JSON.stringify({ quantity, approvedBy: 'the demo' }),
      });
      return { status: response.status, text: await response.text() };
    };
    let first = '';
    await fixture.agreed('the product orders 8 seats over REST', id, { quantity: 8 }, async () => {
      const { status, text } = await send(8);
      expectThat(status === 200, `the command is accepted (${status} ${text})`);
      first = text;
    });
    await fixture.agreed(
      'two repeats get the first answer and change nothing',
      id,
      { quantity: 8 },
      async () => {
        for (const { status, text } of [await send(8), await send(8)]) {
          expectThat(status === 200 && text === first, `the same answer (${status} ${text})`);
        }
      },
    );
    await fixture.step('the same key with another number of seats is refused', async () => {
      const { status, text } = await send(9);
      expectThat(status === 422, `the answer is 422 (${status})`);
      expectThat(text.includes('idempotency.reused'), `the code says why (${text})`);
    });
    await fixture.step('the timeline shows one change', async () => {
      const kinds = await timelineKinds(fixture.client, id);
      const times = kinds.filter((one) => one === 'quantityChanged').length;
      expectThat(times === 1, `one "quantityChanged", not ${times}`);
    });
  },
};
