import { queryOptions } from '@tanstack/react-query';

/** A disturbance that is active, in the marketplace's own words, which are English. */
interface ActiveFault {
  /** The name of a preset or the id of a fault. */
  readonly which: string;
  readonly title: string;
  readonly text: string;
}

interface LocalMarketplace {
  readonly mayDisturb: boolean;
  readonly faults: readonly ActiveFault[];
  readonly presets: readonly {
    readonly name: string;
    readonly title: string;
    readonly text: string;
  }[];
}

/** Disturbances end by themselves, and the storefront makes some too. */
const REFETCH_MS = 5_000;

/** The local marketplace of `npm start`. It has routes of its own, because no other installation has it. */
export const localOptions = queryOptions({
  queryKey: ['local'],
  queryFn: ({ signal }) => ask<LocalMarketplace>('', { signal }),
  refetchInterval: REFETCH_MS,
});

export type Disturbance =
  | { readonly begin: string }
  /** What an active fault calls itself in `which`. */
  | { readonly end: string };

/** Begins or ends a disturbance, and returns what is active then. */
export function disturb(change: Disturbance): Promise<Pick<LocalMarketplace, 'faults'>> {
  return 'begin' in change
    ? ask(`/presets/${change.begin}`, { method: 'POST' })
    : ask(`/faults/${change.end}`, { method: 'DELETE' });
}

async function ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`/console/local${path}`, {
    ...init,
    headers: { 'landfall-console': '1' },
  });
  if (!response.ok) throw new Error(`the local marketplace answered ${response.status}`);
  return (await response.json()) as Answer;
}
