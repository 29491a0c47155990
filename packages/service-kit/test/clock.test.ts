import { expect, test } from 'vitest';
import { testDatabase } from '@landfall/servers/testing';
import { metrics as table } from '@landfall/contracts/metrics';
import { startAlerts } from '../src/metrics/alerts.ts';
import { readPostgres } from '../src/metrics/server-readings.ts';
import { openDatabase } from '../src/database/database.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { testLog, type TestTables } from './fixture.ts';

test.each([8_000, -8_000])(
  "a clock that differs from PostgreSQL's by %i ms raises the alert, until it is set",
  async (offsetMs) => {
    await using server = await testDatabase({ services: ['landing'] });
    const url = server.urlFor('landing');
    await using database = await openDatabase<TestTables>({
      url,
      service: 'landing',
      log: testLog(),
    });
    let aheadMs = offsetMs;
    let elapsedMs = 0;
    const now = () => new Date(Date.now() + elapsedMs);
    const metrics = new Metrics({ log: testLog(), now });
    readPostgres(metrics, database, () => new Date(Date.now() + aheadMs));
    await using alerts = startAlerts({ service: 'landing', metrics, log: testLog(), now });
    const isFiring = async () => {
      await alerts.firing();
      elapsedMs += 3 * 60_000;
      return (await alerts.firing()).some(({ alert }) => alert === 'ClockOff');
    };

    expect(await isFiring()).toBe(true);
    const [offset] = (await metrics.values()).get(table.clockOffset.name) ?? [];
    expect(offset?.value).toBeGreaterThan(5);
    expect(offset?.value).toBeLessThanOrEqual(8);

    aheadMs = 0;
    expect(await isFiring()).toBe(false);
  },
);
