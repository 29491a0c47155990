/** One recorded version of a subscription, in force from a moment on. */
export interface SubscriptionVersion {
  readonly version: number;
  readonly occurredAt: Date;
  readonly planId: string;
  readonly status: string;
  readonly termStart: Date | null;
  readonly termEnd: Date | null;
  /** An ISO 8601 duration such as P1M or P1Y; null if it is not known. */
  readonly termUnit: string | null;
}

/** The plan and the term by which usage of one moment is rated. */
export interface Standing {
  readonly planId: string;
  /** Null if no version states a term. */
  readonly termStart: Date | null;
  readonly termUnit: string | null;
}

/**
 * The plan and term in force at a moment. The plan is that of the latest active version at that moment, or of the first one
 * for an earlier moment. The term is the latest one that had started, or the first one. Undefined if the subscription was
 * never active.
 */
export function standingAt(
  versions: readonly SubscriptionVersion[],
  at: Date,
): Standing | undefined {
  const { active, terms } = lifeOf(versions);
  const [first] = active;
  if (!first) return undefined;
  const { planId } = active.findLast((one) => one.occurredAt <= at) ?? first;
  return { planId, ...termAt(terms, at) };
}

/** Active versions: all by version, and those with a term by its start. */
interface Life {
  readonly active: readonly SubscriptionVersion[];
  readonly terms: readonly SubscriptionVersion[];
}

/** Each record of a batch asks about the same versions several times, so they are sorted once. */
const lives = new WeakMap<readonly SubscriptionVersion[], Life>();

function lifeOf(versions: readonly SubscriptionVersion[]): Life {
  const known = lives.get(versions);
  if (known) return known;
  const active = versions.filter(isActive).toSorted((a, b) => a.version - b.version);
  const terms = active
    .filter((one) => one.termStart !== null)
    .toSorted((a, b) => Number(a.termStart) - Number(b.termStart) || a.version - b.version);
  const life = { active, terms };
  lives.set(versions, life);
  return life;
}

/** Every plan that was in force at some moment of the hour, earliest first. */
export function plansWithin(
  versions: readonly SubscriptionVersion[],
  hour: { readonly start: Date; readonly end: Date },
): string[] {
  const atStart = standingAt(versions, hour.start)?.planId;
  const changed = lifeOf(versions)
    .active.filter((one) => one.occurredAt > hour.start && one.occurredAt < hour.end)
    .map(({ planId }) => planId);
  return [...new Set([...(atStart === undefined ? [] : [atStart]), ...changed])];
}

function termAt(
  terms: readonly SubscriptionVersion[],
  at: Date,
): Pick<Standing, 'termStart' | 'termUnit'> {
  const started = terms.findLast(({ termStart }) => termStart !== null && termStart <= at);
  const { termStart } = started ?? terms[0] ?? { termStart: null };
  const unit = terms.findLast(
    (one) => Number(one.termStart) === Number(termStart) && one.termUnit !== null,
  );
  return { termStart, termUnit: unit?.termUnit ?? null };
}

function isActive({ status }: SubscriptionVersion): boolean {
  return status !== 'NotStarted' && status !== 'PendingFulfillmentStart';
}
