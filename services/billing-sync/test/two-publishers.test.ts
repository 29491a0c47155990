import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { type Client, meter, openTwoPublishers, OURS, THEIRS } from './two-publishers.ts';

const two = await openTwoPublishers();
afterAll(() => two[Symbol.asyncDispose]());
const {
  fixture,
  limited,
  unlimited,
  ours,
  theirs,
  subscription,
  usage,
  report,
  rated,
  charge,
  incident,
} = two;

test('no answer to a limited key changes when another publisher gets one more of everything', async () => {
  const put = (publisherId: string, offerId: string) =>
    unlimited.overrides.put.mutate({
      publisherId,
      offerId,
      planId: 'p',
      dimension: 'd',
      included: 1,
    });
  const seenBy = async (client: Client) =>
    JSON.stringify([
      await pagesOf((page) => client.usage.hours.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.usage.refusals.query({ ...page, limit: 1 })),
      await pagesOf((page) =>
        client.usage.statements.query({ ...page, month: '2026-03', limit: 1 }),
      ),
      await pagesOf((page) => client.usage.readBack.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.overrides.list.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.meters.list.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.recurring.list.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.incidents.list.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.thresholds.list.query({ ...page, limit: 1 })),
      await client.usage.summary.query({ subscriptionId: ours }),
      await client.usage.progress.query({}),
    ]);
  await rated(ours);
  await put(OURS, 'unmoved');
  await fixture.rounds();
  const [before, beforeOfAll] = [await seenBy(limited), await seenBy(unlimited)];

  const another = await subscription(THEIRS);
  await rated(another);
  await report(unlimited, usage(another), usage(theirs), usage(another, randomUUID(), 0));
  await put(THEIRS, 'unmoved');
  await unlimited.meters.put.mutate({ ...meter('unmoved'), publisherId: THEIRS });
  await charge(another);
  await incident(THEIRS, another);
  await unlimited.thresholds.put.mutate({
    subscriptionId: another,
    dimension: 'reports',
    units: '1',
  });

  expect(await seenBy(limited)).toBe(before);
  expect(await seenBy(unlimited)).not.toBe(beforeOfAll);
});

/** All pages of a list, with their cursors. */
async function pagesOf<Page extends { readonly nextCursor?: string | undefined }>(
  ask: (page: { cursor: string | undefined }) => Promise<Page>,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | undefined; pages.length < 100;) {
    const page = await ask({ cursor });
    pages.push(page);
    cursor = page.nextCursor;
    if (cursor === undefined) return pages;
  }
  throw new Error('a list without an end');
}

describe('two publishers', () => {
  test('may use the same event id, and each record counts once', async () => {
    const outcomes = async (...given: Parameters<typeof report>) =>
      (await report(...given)).map(({ outcome, refusal }) => refusal ?? outcome);
    const eventId = randomUUID();
    const [own, foreign] = [usage(ours, eventId, 2), usage(theirs, eventId, 3)];
    expect(await outcomes(limited, own)).toEqual(['taken']);
    expect(await outcomes(unlimited, foreign)).toEqual(['taken']);
    expect(await outcomes(unlimited, foreign, own)).toEqual(['repeated', 'repeated']);
    const changed = { ...foreign, quantity: 4 };
    expect(await outcomes(unlimited, changed)).toEqual(['event-id-reused']);

    const together = randomUUID();
    const batch = [usage(ours, together, 2), usage(theirs, together, 3)] as const;
    expect(await outcomes(unlimited, ...batch)).toEqual(['taken', 'taken']);
    expect(await outcomes(unlimited, batch[1])).toEqual(['repeated']);

    const refused = randomUUID();
    const [impossible, good] = [usage(ours, refused, -1), usage(theirs, refused, 3)];
    expect(await outcomes(unlimited, impossible, good)).toEqual(['quantity-invalid', 'taken']);
    expect(await outcomes(unlimited, good)).toEqual(['repeated']);
  });

  test('have separate included quantities for offers with the same id', async () => {
    const dimension = { offerId: 'analytics', planId: 'starter', dimension: 'reports' };
    await unlimited.overrides.put.mutate({ ...dimension, included: 7 });
    await unlimited.overrides.put.mutate({ ...dimension, included: 9, publisherId: THEIRS });
    const included = async (subscriptionId: string) => {
      const { dimensions } = await unlimited.usage.summary.query({ subscriptionId });
      return dimensions.find((one) => one.dimension === 'reports')?.included;
    };
    expect(await included(ours)).toBe('7');
    expect(await included(theirs)).toBe('9');
  });
});
