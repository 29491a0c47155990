import { Link, type LinkProps } from '@tanstack/react-router';
import { Copy } from './id.tsx';
import { t } from '../words/words.ts';

const SHOWN = 8;

/** The way to a subscription. Its name would need another call, so its id stands here. */
export function SubscriptionLink({ id }: { readonly id: string }) {
  return (
    <span className="id">
      <Link {...subscriptionPage(id)} data-hint={id}>
        <code>{id.length > SHOWN + 4 ? `${id.slice(0, SHOWN)}…` : id}</code>
      </Link>
      <Copy text={id} label={t('parts.copyId', { id })} />
    </span>
  );
}

export function subscriptionPage(subscriptionId: string): LinkProps {
  return {
    to: '/subscriptions/$subscriptionId',
    params: { subscriptionId },
  } as unknown as LinkProps;
}
