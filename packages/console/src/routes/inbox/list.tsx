import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  callerCounters,
  notificationList,
  type Counters,
  type NotificationRow,
} from '../../api/notifications.ts';
import { usePaged } from '../../api/paged.ts';
import { withins } from '../../api/within.ts';
import { useRefusal } from '../../app/session.ts';
import { Status, Tag } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { SavedViews } from '../../parts/saved-views.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { actionWords, answerTones, reasonWords } from './reasons.ts';
import { RefusedCallers, refusedCallers } from './refused-callers.tsx';
import { ReplayManyDialog } from './replay.tsx';

const route = getRouteApi('/inbox');

/** Actions of Microsoft's notifications, for the filter. */
const actions = [
  'ChangePlan',
  'ChangeQuantity',
  'Suspend',
  'Reinstate',
  'Renew',
  'Unsubscribe',
] as const;

export function InboxPage() {
  const { tab, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const counters = useQuery(callerCounters());
  const [isReplaying, setReplaying] = useState(false);
  const refusal = useRefusal('notifications:write');
  return (
    <Page
      title={t('inbox.title')}
      about={t('inbox.about')}
      actions={
        <Button icon="refresh" onPress={() => setReplaying(true)} refusal={refusal}>
          {t('inbox.replay.many')}
        </Button>
      }
    >
      {tab === undefined && counters.data && <CallersAlert counters={counters.data} />}
      <Tabs
        label={t('inbox.title')}
        value={tab ?? 'notifications'}
        onChange={(key) =>
          void navigate({ search: { ...search, tab: key === 'callers' ? 'callers' : undefined } })
        }
        tabs={[
          { key: 'notifications', label: t('inbox.tab.notifications'), content: <Notifications /> },
          {
            key: 'callers',
            label: t('inbox.tab.callers'),
            count: counters.data && refusedCallers(counters.data),
            content: <RefusedCallers query={counters} />,
          },
        ]}
      />
      <ReplayManyDialog
        isOpen={isReplaying}
        onClose={() => setReplaying(false)}
        filter={{ subscriptionId: search.subscriptionId, action: search.action }}
      />
    </Page>
  );
}

/** Refused calls are in no list, so the page says first that there are some. */
function CallersAlert({ counters }: { readonly counters: Counters }) {
  const count = refusedCallers(counters);
  if (count === 0) return null;
  const isBusy = counters.unauthenticated['keys-unavailable'] === count;
  return (
    <Notice
      tone="bad"
      title={isBusy ? t('inbox.callers.alert.busy') : t('inbox.callers.alert', { count })}
      actions={
        <ButtonLink to="/inbox" search={{ tab: 'callers' }}>
          {t('inbox.callers.alert.show')}
        </ButtonLink>
      }
    >
      <p>
        {Object.keys(counters.unauthenticated)
          .map((reason) => wordFor('inbox.refusal', reason))
          .join(' · ')}
      </p>
    </Notice>
  );
}

function Notifications() {
  const { tab: _, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const pages = usePaged(notificationList(search));
  const change = (next: typeof search) => void navigate({ search: next, replace: true });
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  return (
    <DataTable
      name="notifications"
      label={t('inbox.tab.notifications')}
      columns={columns()}
      pages={pages}
      rowKey={({ id }) => id}
      rowLink={({ id }) => ({ to: '/inbox/$notificationId', params: { notificationId: id } })}
      toolbar={
        <>
          <Filters value={search} onChange={change} fields={filterFields(search)} />
          <SavedViews name="notifications" value={search} onChange={change} />
        </>
      }
      empty={isFiltered ? <NothingFound /> : <NothingYet />}
    />
  );
}

function filterFields({ operationId }: { readonly operationId?: string | undefined }) {
  return [
    { kind: 'text', key: 'subscriptionId', label: t('inbox.filter.search') },
    // Only links set it.
    ...(operationId === undefined
      ? []
      : [{ kind: 'text', key: 'operationId', label: t('inbox.filter.operation') } as const]),
    {
      kind: 'choice',
      key: 'verdict',
      label: t('inbox.answer'),
      options: (['accepted', 'refused', 'undecided'] as const).map((value) => ({
        value,
        label: t(`inbox.answer.${value}`),
        detail: t(`inbox.answer.${value}.hint`),
      })),
    },
    {
      kind: 'choice',
      key: 'action',
      label: t('inbox.action'),
      options: actions.map((value) => ({ value, label: t(`inbox.action.${value}`) })),
    },
    {
      kind: 'choice',
      key: 'within',
      label: t('inbox.filter.within'),
      options: withins.map((value) => ({ value, label: t(`inbox.within.${value}`) })),
    },
    { kind: 'boolean', key: 'isUnreadable', label: t('inbox.filter.unreadable') },
  ] as const;
}

function NothingFound() {
  return (
    <EmptyState
      icon="search"
      title={t('inbox.empty.filtered.title')}
      text={t('inbox.empty.filtered.text')}
    >
      <ButtonLink to="/inbox" search={{ tab: 'callers' }}>
        {t('inbox.empty.callers')}
      </ButtonLink>
    </EmptyState>
  );
}

function NothingYet() {
  return (
    <EmptyState icon="inbox" title={t('inbox.empty.title')} text={t('inbox.empty.text')}>
      <Link to="/doctor" className="button button-plain">
        {t('inbox.empty.doctor')}
      </Link>
    </EmptyState>
  );
}

function columns(): readonly Column<NotificationRow>[] {
  return [
    {
      id: 'action',
      header: t('inbox.action'),
      width: 2,
      cell: ({ action }) => actionWords(action),
      csv: ({ action }) => action,
    },
    {
      id: 'answer',
      header: t('inbox.answer'),
      width: 1.4,
      cell: ({ verdict }) => (
        <span data-hint={t(`inbox.answer.${verdict}.hint`)}>
          <Status tone={answerTones[verdict]}>{t(`inbox.answer.${verdict}`)}</Status>
        </span>
      ),
      csv: ({ verdict }) => verdict,
    },
    {
      id: 'reason',
      header: t('inbox.reason'),
      width: 2.4,
      cell: ({ reason, problems }) => (
        <span className="row">
          {reason !== undefined && <span>{reasonWords(reason)}</span>}
          {problems.length > 0 && (
            <Tag tone="warn">{t('inbox.body.problems', { count: problems.length })}</Tag>
          )}
        </span>
      ),
      csv: ({ reason }) => reason ?? '',
    },
    {
      id: 'subscription',
      header: t('inbox.subscription'),
      width: 1.6,
      cell: ({ subscriptionId }) =>
        subscriptionId === undefined ? (
          <span className="muted">{t('inbox.subscription.none')}</span>
        ) : (
          <SubscriptionLink id={subscriptionId} />
        ),
      csv: ({ subscriptionId }) => subscriptionId ?? '',
    },
    {
      id: 'received',
      header: t('inbox.received'),
      width: 1.5,
      cell: ({ receivedAt }) => <Time at={receivedAt} />,
      csv: ({ receivedAt }) => receivedAt,
    },
    {
      id: 'deliveries',
      header: t('inbox.deliveries'),
      width: 1.3,
      isHidden: true,
      cell: ({ deliveries }) => t('inbox.deliveries.times', { count: deliveries }),
      csv: ({ deliveries }) => String(deliveries),
    },
    {
      id: 'handedOn',
      header: t('inbox.handedOn'),
      width: 1.5,
      isHidden: true,
      cell: ({ publishedAt }) =>
        publishedAt === undefined ? t('inbox.handedOn.waiting') : <Time at={publishedAt} />,
      csv: ({ publishedAt }) => publishedAt ?? '',
    },
    {
      id: 'operation',
      header: t('inbox.filter.operation'),
      width: 2,
      isHidden: true,
      cell: ({ operationId }) => <span className="mono clip">{operationId}</span>,
      csv: ({ operationId }) => operationId ?? '',
    },
  ];
}
