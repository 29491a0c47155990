import type { Subscription } from '../../api/subscriptions.ts';

export interface DialogProps {
  readonly subscription: Subscription;
  readonly onClose: () => void;
}

/** What a command about a subscription makes out of date. */
export const CHANGED = [
  'subscriptions',
  'activity',
  'matters',
  'calendar',
  'deliveries',
  'parkedTasks',
] as const;

/** What a command would do, as the API or the page says it. */
export function Consequences({ items }: { readonly items: readonly string[] }) {
  return (
    <ul className="bullets">
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}
