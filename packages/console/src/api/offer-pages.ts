import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Language } from '@landfall/words/language';
import { api } from './client.ts';

export type PageDraft = Parameters<typeof api.offerPages.put.mutate>[0]['page'];
export type StoredPage = Awaited<ReturnType<typeof api.offerPages.get.query>>;
export type DraftQuestion = NonNullable<PageDraft['questions']>[number];

/** One offer, or all offers of the publisher. */
export interface PagePlace {
  readonly publisherId: string;
  readonly offerId?: string | undefined;
}

export interface PreviewLook {
  readonly language: Language;
  readonly show: 'confirm' | 'ready';
  readonly scheme: 'light' | 'dark';
}

/** An offer that can have own settings. */
export interface OfferRow extends PagePlace {
  /** Undefined: it has those of all offers. */
  readonly updatedAt: string | undefined;
  /** Plans of it with own settings. */
  readonly plans: number;
}

/** A publisher has at most a thousand. */
const PAGE_SIZE = 100;

type Item = Awaited<ReturnType<typeof api.offerPages.list.query>>['items'][number];

/** Offers with own settings, and those that the catalogue knows. `withCatalogue`: the person may read it. */
export function offerRows(publishers: readonly string[], withCatalogue: boolean) {
  return queryOptions({
    queryKey: ['offerPages.list', 'offers', publishers, withCatalogue],
    queryFn: async ({ signal }) => {
      const [own, plans] = await Promise.all([
        readAll((cursor) => api.offerPages.list.query({ ...cursor, limit: PAGE_SIZE }, { signal })),
        withCatalogue
          ? readAll((cursor) =>
              api.catalogue.list.query({ ...cursor, limit: PAGE_SIZE }, { signal }),
            )
          : [],
      ]);
      return rowsOf(own, [...plans, ...publishers.map((publisherId) => ({ publisherId }))]);
    },
  });
}

async function readAll<Row>(
  ask: (cursor: {
    cursor?: string;
  }) => Promise<{ readonly items: readonly Row[]; readonly nextCursor?: string | undefined }>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: { cursor?: string } | undefined = {};
  while (cursor) {
    const { items, nextCursor } = await ask(cursor);
    rows.push(...items);
    cursor = nextCursor === undefined ? undefined : { cursor: nextCursor };
  }
  return rows;
}

function rowsOf(own: readonly Item[], known: readonly PagePlace[]): OfferRow[] {
  const rows = new Map<string, OfferRow>();
  const add = ({ publisherId, offerId }: PagePlace, change: Partial<OfferRow> = {}) => {
    const key = JSON.stringify([publisherId, offerId ?? '']);
    const before = rows.get(key) ?? { publisherId, offerId, updatedAt: undefined, plans: 0 };
    rows.set(key, { ...before, ...change });
    return before;
  };
  for (const { publisherId, offerId } of [...own, ...known]) {
    add({ publisherId });
    if (offerId !== undefined) add({ publisherId, offerId });
  }
  for (const item of own) {
    if (item.planId === undefined) add(item, { updatedAt: item.updatedAt });
    else add(item, { plans: add(item).plans + 1 });
  }
  return [...rows.entries()].toSorted(([a], [b]) => a.localeCompare(b)).map(([, row]) => row);
}

/** The settings at exactly this place; null if there are none. */
export function offerPage(place: PagePlace) {
  return queryOptions({
    queryKey: ['offerPages.get', place],
    queryFn: async ({ signal }) => {
      // The list begins with the settings for all plans. `get` would answer with an error if there are none.
      const { items } = await api.offerPages.list.query({ ...place, limit: 1 }, { signal });
      const [first] = items;
      const isHere = first && first.offerId === place.offerId && first.planId === undefined;
      return isHere ? api.offerPages.get.query(place, { signal }) : null;
    },
  });
}

/** What is wrong with a draft. The previous answer stays until the next one is there. */
export function draftCheck(input: PagePlace & PreviewLook & { readonly page: PageDraft }) {
  return queryOptions({
    queryKey: ['offerPages.preview', input],
    queryFn: async ({ signal }) => {
      const { problems } = await api.offerPages.preview.query(input, { signal });
      return { problems, input };
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
}

export function ownTexts(language: Language) {
  return queryOptions({
    queryKey: ['offerPages.texts', language],
    queryFn: async ({ signal }) =>
      (await api.offerPages.texts.query({ language }, { signal })).texts,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
