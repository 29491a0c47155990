import { randomUUID } from 'node:crypto';
import { expectThat, type ScenarioFixture } from '../../fixture/scenario-fixture.ts';
import { buyHoursAgo } from '../buying.ts';
import type { Scenario } from '../scenario.ts';
import { expectBilled, hoursAgo, hoursOf, planRead, report } from './reporting.ts';

/** It includes no API calls, so each counted one is billed. */
const PLAN = { offerId: 'analytics', planId: 'scale' };

export const ownVerdicts: Scenario = {
  name: 'a bad record in a batch',
  guarantee: 'Each usage record gets its own verdict, in the API, as CloudEvents and in a CSV file',
  playsAlone: true,
  async play(fixture) {
    const [id] = await buyHoursAgo(fixture, PLAN);
    await planRead(fixture, PLAN);
    const occurredAt = await hoursAgo(fixture, 2);
    const use = { dimension: 'api-calls', occurredAt };
    await fixture.step('the product reports 5 API calls', () =>
      report(fixture, id, { ...use, quantity: '5' }),
    );
    await fixture.step(
      'of three records with 10, -3 and 7 API calls, only the second is refused',
      () => reportBatch(fixture, id, occurredAt),
      (verdicts) => verdicts,
    );
    await fixture.step(
      'over plain HTTP as CloudEvents, only the one with an unknown dimension is refused',
      () => reportCloudEvents(fixture, id, occurredAt),
      (verdicts) => verdicts,
    );
    const file = csvFile(id, occurredAt);
    await fixture.step(
      'a dry run of a CSV file shows 2 good rows and 1 bad row, and counts nothing',
      async () => {
        const summary = await uploadCsv(fixture, file, '?dryRun=true');
        expectThat(summary === '2 taken, 0 repeated, 1 refused on line 3', summary);
        return summary;
      },
      (summary) => summary,
    );
    await fixture.step(
      'the file counts once, although it is sent twice',
      async () => {
        const first = await uploadCsv(fixture, file);
        expectThat(first === '2 taken, 0 repeated, 1 refused on line 3', first);
        const again = await uploadCsv(fixture, file);
        expectThat(again === '0 taken, 2 repeated, 1 refused on line 3', again);
        return `${first}; then ${again}`;
      },
      (summary) => summary,
    );
    await fixture.step(
      'Microsoft accepts 5 + 10 + 7 + 4 + 1.5 + 2.5 API calls',
      () =>
        expectBilled(fixture, {
          subscriptionId: id,
          dimension: 'api-calls',
          used: '30',
          billed: '30',
        }),
      (note) => note,
    );
    await fixture.step(
      'the publisher finds the refused records, with reasons',
      () => listRefusals(fixture, id),
      (note) => note,
    );
    expectThat((await hoursOf(fixture, id)).length === 1, 'refused records created no hour');
  },
};

async function reportBatch(
  { client }: ScenarioFixture,
  subscriptionId: string,
  occurredAt: string,
): Promise<string> {
  const records = ['10', '-3', '7'].map((quantity) => ({
    eventId: randomUUID(),
    subscriptionId,
    dimension: 'api-calls',
    quantity,
    occurredAt,
  }));
  const { results } = await client.api.usage.report.mutate({ records });
  return expectVerdicts(results, 'taken, refused (quantity-invalid), taken');
}

async function reportCloudEvents(
  fixture: ScenarioFixture,
  subscriptionId: string,
  time: string,
): Promise<string> {
  const events = ['api-calls', 'api-cals'].map((dimension) => ({
    specversion: '1.0',
    type: 'example.product.usage',
    source: '/product/api',
    id: randomUUID(),
    subject: subscriptionId,
    time,
    data: { dimension, quantity: '4' },
  }));
  const type = 'application/cloudevents-batch+json';
  const response = await post(fixture, '', { type, body: JSON.stringify(events) });
  const { results } = (await response.json()) as { results: Verdict[] };
  return expectVerdicts(results, 'taken, refused (dimension-unknown)');
}

interface Verdict {
  readonly outcome: string;
  readonly refusal?: string | undefined;
}

function expectVerdicts(results: readonly Verdict[], expected: string): string {
  const verdicts = results
    .map(({ outcome, refusal }) => (refusal ? `${outcome} (${refusal})` : outcome))
    .join(', ');
  expectThat(verdicts === expected, `the verdicts are ${expected} (${verdicts})`);
  return verdicts;
}

/** Its second row of data, on line 3, has a quantity that is not a number. */
function csvFile(subscriptionId: string, occurredAt: string): string {
  const rows = ['1.5', 'many', '2.5'].map((quantity) =>
    [randomUUID(), subscriptionId, 'api-calls', quantity, occurredAt].join(','),
  );
  return ['eventId,subscriptionId,dimension,quantity,occurredAt', ...rows, ''].join('\n');
}

async function uploadCsv(fixture: ScenarioFixture, body: string, query = ''): Promise<string> {
  const response = await post(fixture, query, { type: 'text/csv', body });
  const lines = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CsvAnswer);
  const refused = lines.filter(({ outcome }) => outcome === 'refused').map(({ line }) => line);
  const { taken, repeated } = lines.at(-1)?.summary ?? {};
  return `${taken} taken, ${repeated} repeated, ${refused.length} refused on line ${refused.join(', ')}`;
}

interface CsvAnswer {
  readonly line?: number;
  readonly outcome?: string;
  readonly summary?: { readonly taken: number; readonly repeated: number };
}

async function post(
  { client: { stack } }: ScenarioFixture,
  query: string,
  { type, body }: { readonly type: string; readonly body: string },
): Promise<Response> {
  const response = await fetch(`${stack.gatewayUrl}/v1/usage${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.operatorApiKey}`, 'content-type': type },
    body,
  });
  expectThat(response.ok, `the gateway takes usage as ${type} (HTTP ${response.status})`);
  return response;
}

async function listRefusals({ client }: ScenarioFixture, subscriptionId: string): Promise<string> {
  const { items } = await client.api.usage.refusals.query({ subscriptionId });
  const found = items.map(({ refusal, records }) => `${records} × ${refusal}`).toSorted();
  const reasons = new Set(items.map(({ refusal }) => refusal));
  for (const refusal of ['quantity-invalid', 'dimension-unknown'] as const) {
    expectThat(reasons.has(refusal), `a record was refused as ${refusal} (${found.join(', ')})`);
  }
  return found.join(', ');
}
