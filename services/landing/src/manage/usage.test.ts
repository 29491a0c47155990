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
  used: 0,
  included: 0,
  overage: 0,
  ...of,
});

async function card(dimensions: readonly Dimension[], plans: readonly Plan[] = [plan]) {
  const frame = { words: wordsFor('en') } as Frame;
  const of = { usage: { dimensions }, plans, planId: 'starter' };
  const text = (await usageCard(frame, of)).toString();
  return { html: text, words: text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ') };
}

test('the included quantity is shown before anything is used', async () => {
  const { html, words } = await card([dimension('reports', { included: 100 })]);
  expect(words).toContain('Reports 0 used, 100 included');
  expect(words).toContain('API calls 0 used');
  expect(html).toMatch(/value="0"\s+max="100"/);
});

test('above the included quantity, the bar is marked and the text says how much is billed', async () => {
  const { html, words } = await card([
    dimension('reports', { included: 100, used: 130, overage: 30 }),
  ]);
  expect(words).toContain('130 used, 100 included');
  expect(words).toContain('30 above the included amount, billed as usage');
  expect(html).toMatch(/class="over"\s+value="100"\s+max="130"/);
});

test('exactly the included quantity does not count as overage', async () => {
  const { html } = await card([dimension('reports', { included: 100, used: 100 })]);
  expect(html).not.toContain('class="over"');
});

test('usage that Microsoft refused is not shown as billed', async () => {
  const { words } = await card([
    dimension('reports', { included: 100, used: 130, overage: 30, refused: 20 }),
    dimension('api-calls', { used: 5, overage: 5, refused: 5 }),
  ]);
  expect(words).toContain('10 above the included amount, billed as usage 20 not billed');
  expect(words).toContain('API calls 5 used 5 not billed');
  expect(words).not.toContain('5 billed as usage');
});

test('a dimension that the plan does not have is not shown', async () => {
  const { words } = await card([dimension('typo', { used: 7, overage: 7 })]);
  expect(words).not.toContain('typo');
  expect(words).not.toContain('7');
});

test('if the plans are unknown, everything that was used is shown', async () => {
  const { words } = await card([dimension('reports', { used: 7, overage: 7 })], []);
  expect(words).toContain('reports 7 used 7 billed as usage');
});
