import { expect, test } from 'vitest';
import type { Plan, Usage } from '../clients/subscriptions.ts';
import type { Frame } from '../web/pages/frame.ts';
import { wordsFor } from '../words/words.ts';
import { usageCard } from './pages/usage.ts';

const plan: Plan = {
  planId: 'starter',
  displayName: 'Starter',
  isPrivate: false,
  isPricePerSeat: false,
  hasFreeTrials: false,
  dimensions: [
    { id: 'reports', displayName: 'Reports' },
    { id: 'api-calls', displayName: 'API calls' },
  ],
};
type Dimension = Usage['dimensions'][number];
const dimension = (id: string, of: Partial<Dimension>): Dimension => ({
  planId: 'starter',
  dimension: id,
  used: '0',
  included: '0',
  overage: '0',
  ...of,
});

async function card(
  dimensions: readonly Dimension[],
  of: { readonly plans?: readonly Plan[]; readonly usage?: Partial<Usage> } = {},
) {
  const frame = { words: wordsFor('en') } as Frame;
  const usage = { dimensions: [...dimensions], ...of.usage };
  const text = (
    await usageCard(frame, { usage, plans: of.plans ?? [plan], planId: 'starter' })
  ).toString();
  return { html: text, words: text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ') };
}

test('the included quantity is shown before anything is used', async () => {
  const { html, words } = await card([dimension('reports', { included: '100' })]);
  expect(words).toContain('Reports 0 used, 100 included');
  expect(words).toContain('API calls 0 used');
  expect(html).toMatch(/value="0"\s+max="100"/);
});

test('above the included quantity, the bar is marked and the text says how much is billed and what it costs', async () => {
  const over = { included: '100', used: '1130.5', overage: '1030.5' };
  const { html, words } = await card([
    dimension('reports', { ...over, unitPrice: '0.05', amount: '51.52', currency: 'USD' }),
  ]);
  expect(words).toContain('1,130.5 used, 100 included');
  expect(words).toContain('1,030.5 above the included amount, billed as usage US$51.52 so far');
  expect(html).toMatch(/class="over"\s+value="100"\s+max="1130.5"/);
});

test('the unit stands beside the name, because a unit can be a thousand calls', async () => {
  const { words } = await card([
    dimension('api-calls', { included: '100', used: '260', unitOfMeasure: '1,000 calls' }),
  ]);
  expect(words).toContain('API calls (1,000 calls) 260 used, 100 included');
});

test('without a price, no cost is shown', async () => {
  const { words } = await card([dimension('reports', { used: '3', overage: '3' })]);
  expect(words).toContain('3 billed as usage');
  expect(words).not.toContain('so far');
});

test('exactly the included quantity does not count as overage', async () => {
  const { html } = await card([dimension('reports', { included: '100', used: '100.0' })]);
  expect(html).not.toContain('class="over"');
});

test('usage that Microsoft refused is not shown as billed', async () => {
  const { words } = await card([
    dimension('reports', { included: '100', used: '130', overage: '30', refused: '20' }),
    dimension('api-calls', { used: '5', overage: '5', refused: '5' }),
  ]);
  expect(words).toContain('10 above the included amount, billed as usage 20 not billed');
  expect(words).toContain('API calls 5 used 5 not billed');
  expect(words).not.toContain('5 billed as usage');
});

test('an unknown included quantity is not shown as zero', async () => {
  const { included: _included, overage: _overage, ...unsure } = dimension('reports', { used: '7' });
  const { html, words } = await card([unsure]);
  expect(words).toContain('7 used. We don’t know yet how much your plan includes');
  expect(words).not.toContain('billed as usage');
  expect(html).not.toContain('<progress');
});

test('a dimension that the plan does not have is not shown', async () => {
  const { words } = await card([dimension('typo', { used: '7', overage: '7' })]);
  expect(words).not.toContain('typo');
  expect(words).not.toContain('7');
});

test('if the plans are unknown, everything that was used is shown', async () => {
  const { words } = await card([dimension('reports', { used: '7', overage: '7' })], { plans: [] });
  expect(words).toContain('reports 7 used 7 billed as usage');
});

test('the chart has a bar for each day with usage, at its place, and a label in words', async () => {
  const days = [
    { day: '2026-11-01', used: '10' },
    { day: '2026-11-03', used: '40' },
    { day: '2026-11-04', used: '0.001' },
  ];
  const { html } = await card([dimension('reports', { used: '50.001', days })]);
  expect(html).toContain(
    'Reports: Usage per day, 1 November 2026 to 4 November 2026. Highest: 40 on 3 November 2026.',
  );
  const bars = [
    ...html.matchAll(/<rect\s+x="(\d+)"\s+y="([\d.]+)"\s+width="8"\s+height="([\d.]+)"/g),
  ];
  expect(bars.map(([, x, y, height]) => [x, y, height])).toEqual([
    ['0', '18', '6'],
    ['20', '0', '24'],
    ['30', '23', '1'],
  ]);
});

test('one day of usage needs no chart', async () => {
  const days = [{ day: '2026-11-01', used: '10' }];
  const { html } = await card([dimension('reports', { used: '10', days })]);
  expect(html).not.toContain('<svg');
});

test('the card shows when the term began and when usage was last updated', async () => {
  const termStart = '2026-11-06T00:00:00Z';
  const usage = { termStart, updatedAt: '2026-11-29T10:05:00Z' };
  expect((await card([dimension('reports', {})], { usage })).words).toContain(
    'Since 6 November 2026. Last updated 29 November 2026 at 10:05 UTC.',
  );
  expect((await card([dimension('reports', {})], { usage: { termStart } })).words).toContain(
    'Since 6 November 2026. The last few minutes may be missing.',
  );
});
