import { observe } from '@landfall/domain/observe.ts';
import type { SubscriptionPage } from '@landfall/marketplace/fulfillment.ts';
import type { MarketplaceSubscription } from '@landfall/marketplace/subscription.ts';
import { isContradiction } from '../observe-subscription.ts';
import { toSnapshot, type Reader } from '../snapshot.ts';
import type { Finding } from '../store/run-progress.ts';
import type { SubscriptionRecord } from '../store/subscriptions.ts';

/**
 * What is done about a difference: Microsoft's record is read again, and observed like any other
 * reading. Where nothing could be read, or what was read cannot be true, nothing is.
 */
const repairs = {
  drift: 'read-again',
  unknown: 'read-again',
  'found-again': 'read-again',
  contradiction: 'none',
  unreadable: 'none',
} as const;

export interface Compared {
  /** Entries of the page, those without an id included. */
  readonly listed: number;
  readonly unchanged: number;
  /** Subscriptions whose record differs from ours, or that we do not know. */
  readonly drifted: readonly string[];
  readonly errors: number;
  readonly findings: readonly Finding[];
}

/**
 * Compares a page of Microsoft's list with our records of the same subscriptions. What cannot be read
 * or cannot be true is an error of its row and holds up no other.
 */
export function comparePage(
  page: Pick<SubscriptionPage, 'subscriptions' | 'unreadable'>,
  known: ReadonlyMap<string, SubscriptionRecord>,
  reader: Reader,
): Compared {
  const drifted: string[] = [];
  const findings: Finding[] = page.unreadable.map(() => ({
    subscriptionId: '',
    kind: 'unreadable',
    detail: 'an entry without an id',
  }));
  let errors = page.unreadable.length;
  let unchanged = 0;
  for (const seen of page.subscriptions) {
    const verdict = compare(seen, known.get(seen.id), reader);
    if (verdict === 'same') {
      unchanged += 1;
      continue;
    }
    const { kind, detail } = verdict;
    findings.push({ subscriptionId: seen.id, kind, detail });
    if (repairs[kind] === 'none') errors += 1;
    else drifted.push(seen.id);
  }
  const listed = page.subscriptions.length + page.unreadable.length;
  return { listed, unchanged, drifted, errors, findings };
}

function compare(
  seen: MarketplaceSubscription,
  known: SubscriptionRecord | undefined,
  reader: Reader,
): 'same' | { readonly kind: keyof typeof repairs; readonly detail: string } {
  const events = observe(known?.state, toSnapshot(seen, known?.state, reader));
  if (!known) return { kind: 'unknown', detail: seen.status };
  if (isContradiction(events)) {
    return { kind: 'contradiction', detail: `${known.state.status} → ${seen.status}` };
  }
  if (known.missingAt) return { kind: 'found-again', detail: seen.status };
  if (events.length === 0) return 'same';
  return { kind: 'drift', detail: events.map((event) => event.type).join(', ') };
}
