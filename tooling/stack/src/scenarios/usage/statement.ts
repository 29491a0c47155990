import { decimal, sum } from '@landfall/domain/decimal';
import { expectThat, type ScenarioFixture } from '../../fixture/scenario-fixture.ts';
import { buyHoursAgo } from '../buying.ts';
import type { Scenario } from '../scenario.ts';
import { accepted, expectEqual, hoursAgo, planRead, report, settled } from './reporting.ts';

/** 100 reports and 10 thousand API calls are included. A report costs 0.05, a thousand API calls 0.40. */
const PLAN = { offerId: 'analytics', planId: 'starter' };

/** Commas outside quotation marks: the unit of a cell may be "1,000 calls". */
const BETWEEN_CELLS = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;

export const monthlyStatement: Scenario = {
  name: 'the statement of a month',
  guarantee: 'The statement accounts for every unit, and equals exactly what Microsoft accepted',
  playsAlone: true,
  async play(fixture) {
    const [id] = await buyHoursAgo(fixture, PLAN);
    await planRead(fixture, PLAN);
    const occurredAt = await hoursAgo(fixture, 2);
    const month = occurredAt.slice(0, 7);
    await fixture.step('the customer uses 130.2 reports and 12.3456789 thousand API calls', () =>
      report(
        fixture,
        id,
        { dimension: 'reports', quantity: '90.1', occurredAt },
        { dimension: 'reports', quantity: '40.1', occurredAt },
        { dimension: 'api-calls', quantity: '12.3456789', occurredAt },
      ),
    );
    for (const [dimension, used] of [
      ['reports', '130.2'],
      ['api-calls', '12.3456789'],
    ] as const) {
      await settled(fixture, { subscriptionId: id, dimension, used });
    }
    await fixture.step(
      'each line adds up, and its billed units are those that Microsoft accepted',
      () => checkLines(fixture, id, month),
      (note) => note,
    );
    await fixture.step(
      'the statement as CSV has the same units',
      async () => {
        const rows = (await get(fixture, id, { month, format: 'csv' })).trim().split(/\r?\n/);
        const [names = [], ...lines] = rows.map((row) => row.split(BETWEEN_CELLS));
        const billed = lines.map((cells) => cells[names.indexOf('billed')] ?? '');
        const total = sum(billed.map(decimal));
        expectEqual(total, (await accepted(fixture, id)).toFixed(), 'billed units in the file');
        return billed.join(' + ');
      },
      (note) => note,
    );
    await fixture.step(
      'the page for people has the same amounts',
      async () => {
        const page = await get(fixture, id, { month, format: 'html' });
        for (const shown of ['Reports rendered', '30.2', '2.345678', '$1.51', '$0.93', '$2.44']) {
          expectThat(page.includes(shown), `the page shows ${shown}`);
        }
        return 'reports $1.51, API calls $0.93, total $2.44';
      },
      (note) => note,
    );
  },
};

async function checkLines(
  fixture: ScenarioFixture,
  subscriptionId: string,
  month: string,
): Promise<string> {
  const { api } = fixture.client;
  const { lines, totals, isPriceMissing } = await api.usage.statement.query({
    subscriptionId,
    month,
  });
  const notes: string[] = [];
  for (const [dimension, expected] of [
    ['reports', { included: '100', billed: '30.2', remainder: '0', amount: '1.51' }],
    // Microsoft gets six decimals, and the rest is kept until it is large enough. Fractions of a cent are cut off.
    ['api-calls', { included: '10', billed: '2.345678', remainder: '0.0000009', amount: '0.93' }],
  ] as const) {
    const line = lines.find((one) => one.dimension === dimension);
    expectThat(line !== undefined, `the statement has ${dimension}`);
    const parts = [
      line.included,
      line.billed,
      line.pending,
      line.notBilled,
      line.carriedOut,
      line.remainder,
    ];
    const given = decimal(line.used).plus(line.carriedIn).toFixed();
    expectEqual(sum(parts.map(decimal)), given, `the line of ${dimension} adds up to`);
    expectEqual(line.included, expected.included, `${dimension} included`);
    expectEqual(line.billed, expected.billed, `${dimension} billed`);
    expectEqual(line.remainder, expected.remainder, `${dimension} remainder`);
    const taken = await accepted(fixture, subscriptionId, dimension);
    expectEqual(taken, expected.billed, `Microsoft accepted ${dimension}`);
    expectEqual(line.amount ?? '0', expected.amount, `amount of ${dimension}`);
    notes.push(
      `${line.used} = ${line.included} included + ${line.billed} billed + ${line.remainder} rest`,
    );
  }
  expectThat(!isPriceMissing, 'every price is known');
  expectEqual(totals[0]?.amount ?? '0', '2.44', 'the total');
  return `${notes.join('; ')}; total ${totals[0]?.amount} ${totals[0]?.currency}`;
}

async function get(
  { client: { stack } }: ScenarioFixture,
  subscriptionId: string,
  query: { readonly month: string; readonly format: 'csv' | 'html' },
): Promise<string> {
  const params = new URLSearchParams({ subscriptionId, ...query });
  const response = await fetch(`${stack.gatewayUrl}/v1/usage/statement?${params}`, {
    headers: { authorization: `Bearer ${stack.operatorApiKey}` },
  });
  expectThat(response.ok, `the gateway gives the statement (HTTP ${response.status})`);
  return await response.text();
}
