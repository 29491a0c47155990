import { until } from '@landfall/servers/wait';
import { openListener } from '../../fixture/product.ts';
import { type ScenarioFixture } from '../../fixture/scenario-fixture.ts';
import { buyHoursAgo } from '../buying.ts';
import type { Scenario } from '../scenario.ts';
import {
  accepted,
  expectEqual,
  HOUR_MS,
  hourIs,
  hoursAgo,
  moveClock,
  planRead,
  report,
  settled,
} from './reporting.ts';

/** It includes no API calls, so each one is billed. */
const PLAN = { offerId: 'analytics', planId: 'scale' };
const DIMENSION = 'api-calls';

export const outage: Scenario = {
  name: 'an outage of thirty hours',
  guarantee: 'After an outage, usage that Microsoft still accepts is sent, and the rest is shown',
  playsAlone: true,
  async play(fixture) {
    const { control } = fixture.client;
    await using product = await openListener(fixture.client, ['usage.writtenOff']);
    const [id] = await buyHoursAgo(fixture, PLAN);
    await planRead(fixture, PLAN);
    const { id: fault } = await control.addFault({
      endpoint: 'batchUsageEvent',
      subscriptionId: id,
      drop: true,
    });
    try {
      await used(fixture, id, '40');
      await fixture.step(
        'Landfall sends them, but Microsoft does not answer; the hour shows the problem',
        () => hourIs(fixture, id, ({ problem, attempts }) => problem !== undefined && attempts > 0),
        ({ reported, problem }) => `${reported}: ${problem}`,
      );
      await fixture.step('twenty hours later', () => moveClock(fixture, 20 * HOUR_MS));
      await used(fixture, id, '25');
      await fixture.step('ten hours later; Microsoft has not answered for thirty hours', () =>
        moveClock(fixture, 10 * HOUR_MS),
      );
    } finally {
      await control.removeFault(fault);
    }
    await fixture.step(
      'Microsoft answers again and accepts the 25 calls of eleven hours ago',
      async () => {
        // The longest pause between two attempts is half an hour.
        await moveClock(fixture, HOUR_MS / 2);
        const of = { subscriptionId: id, dimension: DIMENSION, used: '65' };
        const hours = await settled(fixture, of);
        expectEqual(await accepted(fixture, id), '25', 'the marketplace accepted');
        return hours.map((hour) => `${hour.used}: ${hour.state}`).join(', ');
      },
      (note) => note,
    );
    await fixture.step(
      'the 40 calls of thirty-one hours ago are too old; they are written off, and the product gets an event',
      async () => {
        const event = await until('the product has the event', () =>
          product.events.find(({ usage }) => usage?.subscriptionId === id),
        );
        expectEqual(event.usage?.quantity ?? '', '40', 'the event says');
        return `${event.usage?.quantity} ${event.usage?.dimension}: ${event.usage?.problem}`;
      },
      (note) => note,
    );
  },
};

/** The customer used some API calls an hour ago. */
async function used(fixture: ScenarioFixture, id: string, quantity: string): Promise<void> {
  await fixture.step(`the customer uses ${quantity} API calls`, async () => {
    const occurredAt = await hoursAgo(fixture, 1);
    await report(fixture, id, { dimension: DIMENSION, quantity, occurredAt });
    await hourIs(fixture, id, (one) => one.reported === quantity);
  });
}
