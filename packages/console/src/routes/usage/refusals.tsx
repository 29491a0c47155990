import { getRouteApi } from '@tanstack/react-router';
import { usePaged } from '../../api/paged.ts';
import { refusalList, type UsageRefusal } from '../../api/usage.ts';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters } from '../../parts/filters.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Time } from '../../parts/time.tsx';
import { number, t } from '../../words/words.ts';
import { refusalReasons } from './kinds.ts';

const route = getRouteApi('/usage');

/** Records that Landfall did not take: they come from the product, and are mended there. */
export function Refusals() {
  const { subscriptionId, refusal } = route.useSearch();
  const filter = { subscriptionId, refusal };
  const navigate = route.useNavigate();
  const pages = usePaged(refusalList(filter));
  return (
    <DataTable
      name="usage-refusals"
      label={t('usage.refusals')}
      columns={columns()}
      pages={pages}
      rowKey={({ hour, refusal: why, subscriptionId: of, dimension, lastEventId }) =>
        [hour, why, of, dimension, lastEventId].join(' ')
      }
      toolbar={
        <Filters
          value={filter}
          onChange={(next) =>
            void navigate({ search: { ...next, tab: 'refusals' }, replace: true })
          }
          fields={[
            { kind: 'text', key: 'subscriptionId', label: t('usage.filter.subscription') },
            {
              kind: 'choice',
              key: 'refusal',
              label: t('usage.refusal'),
              options: refusalReasons.map((value) => ({
                value,
                label: t(`usage.refusal.${value}`),
              })),
            },
          ]}
        />
      }
      empty={
        <EmptyState
          icon="check"
          title={t('usage.refusals.empty.title')}
          text={t('usage.refusals.empty.text')}
        />
      }
    />
  );
}

function columns(): readonly Column<UsageRefusal>[] {
  return [
    {
      id: 'refusal',
      header: t('usage.refusal'),
      width: 1.8,
      cell: ({ refusal }) => t(`usage.refusal.${refusal}`),
      csv: ({ refusal }) => refusal,
    },
    {
      id: 'message',
      header: t('usage.refusal.message'),
      width: 3.6,
      cell: ({ message }) => message,
      csv: ({ message }) => message,
    },
    {
      id: 'records',
      header: t('usage.records'),
      align: 'end',
      cell: ({ records }) => number(records),
      csv: ({ records }) => String(records),
    },
    {
      id: 'subscription',
      header: t('usage.subscription'),
      width: 1.4,
      cell: ({ subscriptionId }) =>
        subscriptionId === undefined ? '–' : <SubscriptionLink id={subscriptionId} />,
      csv: ({ subscriptionId }) => subscriptionId ?? '',
    },
    {
      id: 'dimension',
      header: t('usage.dimension'),
      cell: ({ dimension }) => <code>{dimension ?? '–'}</code>,
      csv: ({ dimension }) => dimension ?? '',
    },
    {
      id: 'last',
      header: t('usage.refusal.last'),
      width: 1.3,
      cell: ({ lastAt }) => <Time at={lastAt} />,
      csv: ({ lastAt }) => lastAt,
    },
    {
      id: 'event',
      header: t('usage.record'),
      isHidden: true,
      cell: ({ lastEventId }) => <code className="clip">{lastEventId ?? ''}</code>,
      csv: ({ lastEventId }) => lastEventId ?? '',
    },
  ];
}
