import {
  infiniteQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  type InfiniteData,
} from '@tanstack/react-query';
import { useMemo } from 'react';

/** A page of a list, as every list of the API answers it. */
export interface Page<Row> {
  readonly items: readonly Row[];
  readonly nextCursor?: string | undefined;
}

type Ask<Answer> = (
  cursor: { readonly cursor?: string },
  options: { readonly signal: AbortSignal },
) => Promise<Answer>;

/**
 * A list that is read page by page. `key` begins with the procedure, as in `['subscriptions.list', filters]`: live events mark
 * lists as out of date by it.
 */
export function pagedOptions<Answer extends Page<unknown>>(
  key: readonly unknown[],
  ask: Ask<Answer>,
) {
  return infiniteQueryOptions<
    Answer,
    Error,
    InfiniteData<Answer>,
    readonly unknown[],
    string | undefined
  >({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      ask(pageParam === undefined ? {} : { cursor: pageParam }, { signal }),
    initialPageParam: undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
}

/** A list with what `DataTable` needs to show it. */
export interface Paged<Row> {
  readonly rows: readonly Row[];
  /** Nothing has been shown yet. */
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** The filters have changed, and the rows are still those of the former ones. */
  readonly isStale: boolean;
  readonly updatedAt: Date;
  loadMore(): void;
  retry(): void;
}

type RowOf<Answer> = Answer extends { readonly items: readonly (infer Row)[] } ? Row : never;

export function usePaged<Answer extends Page<unknown>>(
  options: ReturnType<typeof pagedOptions<Answer>>,
): Paged<RowOf<Answer>> & { readonly first: Answer | undefined } {
  const query = useInfiniteQuery(options);
  const rows = useMemo(
    () => (query.data?.pages ?? []).flatMap(({ items }) => items as RowOf<Answer>[]),
    [query.data],
  );
  return {
    rows,
    first: query.data?.pages[0],
    isLoading: query.isPending,
    error: query.error ?? undefined,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    isStale: query.isPlaceholderData,
    updatedAt: new Date(query.dataUpdatedAt),
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
