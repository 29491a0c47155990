import { complete } from '@landfall/domain/complete';
import { isUnopened, observe } from '@landfall/domain/observe';
import { isTestPurchase } from '@landfall/domain/subscription';
import type { SubscriptionPage } from '@landfall/marketplace/fulfillment';
import type { MarketplaceSubscription } from '@landfall/marketplace/subscription';
import { isContradiction } from '../observe-subscription.ts';
import { toSnapshot, type Reader } from '../snapshot.ts';
import type { Finding } from '../store/run-progress.ts';
import type { SubscriptionRecord } from '../store/subscriptions.ts';

/**
 * What is done about a difference: Microsoft's record is read again and observed like any other reading.
 * Nothing is done if it could not be read, cannot be true, or is another publisher's.
 */
const repairs = {
  drift: 'read-again',
  unknown: 'read-again',
  'found-again': 'read-again',
  unopened: 'read-again',
  contradiction: 'none',
  foreign: 'none',
  unreadable: 'none',
} as const;

export interface Compared {
  /** Entries of the page, including those without an id. */
  readonly listed: number;
  readonly unchanged: number;
  /** Subscriptions whose record differs from ours, or that we do not know. */
  readonly drifted: readonly string[];
  /** Purchases that were not opened yet, or that ended unopened: no notification was due. */
  readonly unopened: readonly string[];
  /** Test purchases that differ. */
  readonly testsDrifted: readonly string[];
  readonly errors: number;
  readonly findings: readonly Finding[];
}

/** The publisher whose access read the page, and which records belong to others. */
export interface PageReader extends Reader {
  readonly isForeign?: ((publisherId: string) => boolean) | undefined;
}

/**
 * Compares a page of Microsoft's list with our records of the same subscriptions. An entry that cannot be
 * read or cannot be true is reported as an error and does not affect other entries.
 */
export function comparePage(
  page: Pick<SubscriptionPage, 'subscriptions' | 'unreadable'>,
  known: ReadonlyMap<string, SubscriptionRecord>,
  reader: PageReader,
): Compared {
  const drifted: string[] = [];
  const unopened: string[] = [];
  const testsDrifted: string[] = [];
  const findings: Finding[] = page.unreadable.map(() => ({
    subscriptionId: '',
    kind: 'unreadable',
    detail: 'an entry with an id that is not a GUID',
  }));
  let errors = page.unreadable.length;
  let unchanged = 0;
  for (const seen of page.subscriptions) {
    const verdict = compare(seen, known.get(seen.id), reader);
    if (verdict === 'same') {
      unchanged += 1;
      continue;
    }
    const { kind, detail, isTest } = verdict;
    if (kind === 'unopened') {
      unopened.push(seen.id);
      continue;
    }
    findings.push({ subscriptionId: seen.id, kind, detail });
    if (repairs[kind] === 'none') errors += 1;
    else (isTest ? testsDrifted : drifted).push(seen.id);
  }
  const listed = page.subscriptions.length + page.unreadable.length;
  return { listed, unchanged, drifted, unopened, testsDrifted, errors, findings };
}

interface Verdict {
  readonly kind: keyof typeof repairs;
  readonly detail: string;
  readonly isTest?: boolean;
}

function compare(
  seen: MarketplaceSubscription,
  known: SubscriptionRecord | undefined,
  reader: PageReader,
): 'same' | Verdict {
  if (known && reader.isForeign?.(known.state.publisherId)) {
    return { kind: 'foreign', detail: 'the record belongs to another publisher' };
  }
  const snapshot = toSnapshot(seen, known?.state, reader);
  const events = observe(known?.state, snapshot);
  if (isUnopened(known?.state, snapshot)) return { kind: 'unopened', detail: seen.status };
  const isTest = isTestPurchase(complete(snapshot, known?.state));
  if (!known) return { kind: 'unknown', detail: seen.status, isTest };
  if (isContradiction(events)) {
    return { kind: 'contradiction', detail: `${known.state.status} → ${seen.status}` };
  }
  if (known.missingAt) return { kind: 'found-again', detail: seen.status, isTest };
  if (events.length === 0) return 'same';
  return { kind: 'drift', detail: events.map((event) => event.type).join(', '), isTest };
}
