import type { Policy, Rule } from '../../api/policies.ts';

/** One difference between two versions of the rules. */
export type PolicyChange =
  | { readonly kind: 'added'; readonly rule: Rule }
  | { readonly kind: 'removed'; readonly rule: Rule }
  | { readonly kind: 'changed'; readonly before: Rule; readonly after: Rule }
  | { readonly kind: 'order'; readonly ids: readonly string[] }
  | { readonly kind: 'plans' | 'ask'; readonly before: unknown; readonly after: unknown }
  | { readonly kind: 'compensate'; readonly before: boolean; readonly after: boolean };

/** What differs, rule by rule: rules are the same if they have the same id. */
export function policyDiff(before: Policy, after: Policy): readonly PolicyChange[] {
  const old = new Map(before.rules.map((rule) => [rule.id, rule]));
  const fresh = new Map(after.rules.map((rule) => [rule.id, rule]));
  const changes: PolicyChange[] = [];
  for (const rule of after.rules) {
    const former = old.get(rule.id);
    if (!former) changes.push({ kind: 'added', rule });
    else if (!isSame(former, rule)) changes.push({ kind: 'changed', before: former, after: rule });
  }
  for (const rule of before.rules) {
    if (!fresh.has(rule.id)) changes.push({ kind: 'removed', rule });
  }
  const orderBefore = before.rules.map(({ id }) => id).filter((id) => fresh.has(id));
  const orderAfter = after.rules.map(({ id }) => id).filter((id) => old.has(id));
  if (!isSame(orderBefore, orderAfter)) changes.push({ kind: 'order', ids: orderAfter });
  if (!isSame(before.plans, after.plans)) {
    changes.push({ kind: 'plans', before: before.plans, after: after.plans });
  }
  if (!isSame(before.ask, after.ask)) {
    changes.push({ kind: 'ask', before: before.ask, after: after.ask });
  }
  if (before.compensateLateRefusals !== after.compensateLateRefusals) {
    const { compensateLateRefusals: from } = before;
    changes.push({ kind: 'compensate', before: from, after: after.compensateLateRefusals });
  }
  return changes;
}

/** By content; the order of fields and fields that are undefined do not count. */
export function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
