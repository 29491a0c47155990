import type { Subscription, SubscriptionRow } from '../../api/subscriptions.ts';
import { Status, Tag, type Tone } from '../../parts/badge.tsx';
import { hasWord, number, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';

export const statuses = [
  'PendingFulfillmentStart',
  'Subscribed',
  'Suspended',
  'Unsubscribed',
  'NotStarted',
] as const;

export const waitingFor = ['publisher', 'operator', 'product', 'customer', 'microsoft'] as const;

export type WaitsFor = (typeof waitingFor)[number];

type Standing = Pick<SubscriptionRow, 'status' | 'activation' | 'pendingChange'>;

const tones: Readonly<Record<string, Tone>> = {
  PendingFulfillmentStart: 'notice',
  Subscribed: 'good',
  Suspended: 'warn',
  Unsubscribed: 'quiet',
  NotStarted: 'quiet',
};

/** Microsoft's status, in words. */
export function SubscriptionStatus({
  subscription: { status, unrecognisedStatus },
}: {
  readonly subscription: Pick<SubscriptionRow, 'status' | 'unrecognisedStatus'>;
}) {
  const hint = `subscriptions.status.${status}.hint`;
  return (
    <span data-hint={hasWord(hint) ? t(hint) : undefined}>
      <Status tone={unrecognisedStatus === undefined ? (tones[status] ?? 'quiet') : 'warn'}>
        {unrecognisedStatus ?? wordFor('subscriptions.status', status)}
      </Status>
    </span>
  );
}

/** For whom a subscription waits, as the filter of the list counts it, except for parked tasks, which the record does not have. */
export function waitsFor({ status, activation, pendingChange }: Standing): WaitsFor | undefined {
  if (status === 'Unsubscribed') return undefined;
  if (activation.state === 'failed') return 'operator';
  if (activation.state === 'awaiting-approval') return 'publisher';
  if (activation.state === 'provisioning') return 'product';
  if (activation.state === 'requested' || activation.state === 'confirming') return 'microsoft';
  if (pendingChange) return 'microsoft';
  const isNew = status === 'PendingFulfillmentStart' || status === 'NotStarted';
  return isNew && activation.state === 'none' ? 'customer' : undefined;
}

const waitTones = {
  publisher: 'warn',
  operator: 'bad',
  product: 'notice',
  customer: 'quiet',
  microsoft: 'notice',
} as const;

export function WaitsFor({ subscription }: { readonly subscription: Standing }) {
  const whom = waitsFor(subscription);
  if (whom === undefined) return null;
  return (
    <span data-hint={t(`subscriptions.waits.${whom}.hint`)}>
      <Tag tone={waitTones[whom]}>{t(`subscriptions.waits.${whom}`)}</Tag>
    </span>
  );
}

/** What makes a purchase unlike others. */
export function Marks({
  subscription: { isTestPurchase, isFreeTrial, channel },
}: {
  readonly subscription: Pick<SubscriptionRow, 'isTestPurchase' | 'isFreeTrial' | 'channel'>;
}) {
  return (
    <>
      {isTestPurchase && <Tag>{t('subscriptions.test')}</Tag>}
      {isFreeTrial && <Tag tone="notice">{t('subscriptions.trial')}</Tag>}
      {channel === 'csp' && <Tag>{t('subscriptions.csp')}</Tag>}
    </>
  );
}

export function seatsOf({ quantity }: Pick<Subscription, 'quantity'>): string {
  return quantity === null ? t('subscriptions.flat') : number(quantity);
}

/** What the end of the term brings. Undefined: nothing that has a date. */
export function termWord({
  status,
  autoRenew,
  isFreeTrial,
}: Pick<Subscription, 'status' | 'autoRenew' | 'isFreeTrial'>): string {
  if (status === 'Unsubscribed') return t('subscriptions.term.ended');
  if (!autoRenew) return t('subscriptions.term.ends');
  return isFreeTrial ? t('subscriptions.term.converts') : t('subscriptions.term.renews');
}
