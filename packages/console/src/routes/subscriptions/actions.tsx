import type { Scope } from '@landfall/contracts/scopes';
import type { Subscription } from '../../api/subscriptions.ts';
import { useMay } from '../../app/session.ts';
import { Button } from '../../parts/button.tsx';
import type { IconName } from '../../parts/icon.tsx';
import { Menu } from '../../parts/menu.tsx';
import { t } from '../../words/words.ts';

/** What a person can ask for on the page of a subscription. Each has a dialog. */
export type Ask =
  | 'approve'
  | 'decline'
  | 'activate'
  | 'provisioned'
  | 'replay'
  | 'resend'
  | 'plan'
  | 'seats'
  | 'owner'
  | 'cancel';

export interface Action {
  readonly what: Ask;
  readonly label: string;
  readonly icon: IconName;
  /** Why it is not possible: the state, or the person's role. */
  readonly refusal: string | undefined;
}

/** The step that brings a waiting purchase on is a button; everything else is in the menu. */
const FIRST: ReadonlySet<Ask> = new Set(['approve', 'decline', 'activate', 'provisioned']);

export function HeaderActions({
  subscription,
  ask,
}: {
  readonly subscription: Subscription;
  readonly ask: (what: Ask) => void;
}) {
  const actions = useActions(subscription, useMay());
  const first = actions.filter(({ what }) => FIRST.has(what));
  const others = actions.filter(({ what }) => !FIRST.has(what));
  const entry = ({ what, label, icon, refusal }: Action) => ({
    id: what,
    label,
    icon,
    isDanger: what === 'cancel',
    isDisabled: refusal !== undefined,
    detail: refusal,
    run: () => ask(what),
  });
  return (
    <>
      {first.map(({ what, label, icon, refusal }, index) => (
        <Button
          key={what}
          icon={icon}
          look={index === 0 ? 'primary' : 'plain'}
          refusal={refusal}
          onPress={() => ask(what)}
        >
          {label}
        </Button>
      ))}
      <Menu
        label={t('parts.moreActions')}
        groups={[
          { entries: others.filter(({ what }) => what !== 'cancel').map(entry) },
          { entries: others.filter(({ what }) => what === 'cancel').map(entry) },
        ]}
      >
        <Button icon="more">{t('subscriptions.actions')}</Button>
      </Menu>
    </>
  );
}

/** What fits the state of the subscription. What a person may not do is there too, and says why. */
export function useActions(
  subscription: Subscription,
  may: (scope: Scope) => boolean,
): readonly Action[] {
  const { status, activation, pendingChange, quantity } = subscription;
  const isPending = status === 'PendingFulfillmentStart' || status === 'NotStarted';
  const state = activation.state;
  const action = (what: Ask, icon: IconName, scope: Scope, reason?: string): Action => ({
    what,
    icon,
    label: t(
      what === 'plan' || what === 'seats'
        ? `subscriptions.${what}.change`
        : `subscriptions.${what}`,
    ),
    refusal: may(scope) ? reason : t('parts.forbidden', { scope }),
  });
  const change =
    status !== 'Subscribed'
      ? t('subscriptions.refusal.notActive')
      : pendingChange
        ? t('subscriptions.refusal.pending')
        : undefined;
  const ended = status === 'Unsubscribed' ? t('subscriptions.refusal.ended') : undefined;
  const write = 'subscriptions:write';
  return [
    ...(state === 'awaiting-approval' && !ended
      ? [action('approve', 'check', write), action('decline', 'close', write)]
      : []),
    ...(state === 'declined' && !ended ? [action('decline', 'close', write)] : []),
    ...(isPending && (state === 'none' || state === 'failed')
      ? [action('activate', 'check', write)]
      : []),
    ...(isPending && state === 'provisioning' ? [action('provisioned', 'check', write)] : []),
    action('resend', 'send', 'destinations:write'),
    action('plan', 'layers', write, change),
    action('seats', 'people', write, quantity === null ? t('subscriptions.refusal.flat') : change),
    action('owner', 'person', 'people:write'),
    action('cancel', 'close', write, ended),
  ];
}
