import { getRouteApi } from '@tanstack/react-router';
import { usePaged } from '../../api/paged.ts';
import { hourList, type UsageHour } from '../../api/usage.ts';
import { Tag } from '../../parts/badge.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters } from '../../parts/filters.tsx';
import { SavedViews } from '../../parts/saved-views.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { t } from '../../words/words.ts';
import { HourStatus, hourId, hourWords, problemWords } from './hour.tsx';
import { hourStates } from './kinds.ts';
import { quantity } from './quantity.ts';
import { Resend } from './resend.tsx';

const route = getRouteApi('/usage');

/** The ledger: every hour with what was used, reported and billed. */
export function Hours() {
  const { subscriptionId, dimension, state, isTest } = route.useSearch();
  const filter = { subscriptionId, dimension, state, isTest };
  const navigate = route.useNavigate();
  const pages = usePaged(hourList(filter));
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const change = (next: Partial<typeof filter>) => void navigate({ search: next, replace: true });
  return (
    <DataTable
      name="usage-hours"
      label={t('usage.hours')}
      columns={columns()}
      pages={pages}
      // Usage that is not rated yet can stand beside the row for Microsoft.
      rowKey={(row) => `${hourId(row)} ${row.state} ${row.planId}`}
      rowLink={(row) => ({ to: '/usage', search: { ...filter, hour: hourId(row) } })}
      rowActions={(row) => <Resend hour={row} isSmall />}
      toolbar={
        <>
          <Filters
            value={filter}
            onChange={change}
            fields={[
              { kind: 'text', key: 'subscriptionId', label: t('usage.filter.subscription') },
              { kind: 'text', key: 'dimension', label: t('usage.dimension') },
              {
                kind: 'choice',
                key: 'state',
                label: t('usage.state'),
                options: hourStates.map((value) => ({
                  value,
                  label: t(`usage.state.${value}`),
                  detail: t(`usage.state.${value}.hint`),
                })),
              },
              { kind: 'boolean', key: 'isTest', label: t('usage.filter.test') },
            ]}
          />
          <SavedViews name="usage-hours" value={filter} onChange={change} />
        </>
      }
      empty={
        isFiltered ? (
          <EmptyState
            icon="search"
            title={t('usage.hours.filtered.title')}
            text={t('usage.hours.filtered.text')}
          />
        ) : (
          <EmptyState
            icon="gauge"
            title={t('usage.hours.empty.title')}
            text={t('usage.hours.empty.text')}
          />
        )
      }
    />
  );
}

function columns(): readonly Column<UsageHour>[] {
  return [
    {
      id: 'hour',
      header: t('usage.hour'),
      width: 1.5,
      cell: ({ hour }) => hourWords(hour),
      csv: ({ hour }) => hour,
    },
    {
      id: 'dimension',
      header: t('usage.dimension'),
      width: 1.5,
      cell: ({ dimension, isTest }) => (
        <span className="row">
          <code>{dimension}</code>
          {isTest === true && <Tag>{t('usage.test')}</Tag>}
        </span>
      ),
      csv: ({ dimension }) => dimension,
    },
    {
      id: 'subscription',
      header: t('usage.subscription'),
      width: 1.4,
      cell: ({ subscriptionId }) => <SubscriptionLink id={subscriptionId} />,
      csv: ({ subscriptionId }) => subscriptionId,
    },
    {
      id: 'used',
      header: t('usage.used'),
      align: 'end',
      cell: ({ used }) => quantity(used),
      csv: ({ used }) => used,
    },
    {
      id: 'reported',
      header: t('usage.reported'),
      align: 'end',
      cell: ({ reported }) => quantity(reported),
      csv: ({ reported }) => reported,
    },
    {
      id: 'billed',
      header: t('usage.billed'),
      align: 'end',
      cell: ({ billed }) => (billed === undefined ? '–' : quantity(billed)),
      csv: ({ billed }) => billed ?? '',
    },
    {
      id: 'state',
      header: t('usage.state'),
      width: 2.2,
      cell: (row) => (
        <div className="two-lines">
          <HourStatus hour={row} />
          {row.problem !== undefined && <small>{problemWords(row)}</small>}
        </div>
      ),
      csv: ({ state, problem }) => [state, problem].filter(Boolean).join(' '),
    },
    {
      id: 'plan',
      header: t('usage.plan'),
      isHidden: true,
      cell: ({ planId }) => <code>{planId}</code>,
      csv: ({ planId }) => planId,
    },
    {
      id: 'status',
      header: t('usage.status'),
      isHidden: true,
      cell: ({ status }) => status ?? '',
      csv: ({ status }) => status ?? '',
    },
  ];
}
