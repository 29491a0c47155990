import { getRouteApi } from '@tanstack/react-router';
import { operationList, type Operation, type OperationFilter } from '../../api/operations.ts';
import { usePaged } from '../../api/paged.ts';
import { withins } from '../../api/within.ts';
import { ButtonLink } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page } from '../../parts/page.tsx';
import { SavedViews } from '../../parts/saved-views.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { reasonWords } from '../inbox/reasons.ts';
import { OperationDrawer } from './drawer.tsx';
import { DecisionStatus, OutcomeStatus, TimeUsed, usedMs, valuesOf } from './values.tsx';

const route = getRouteApi('/operations');

const outcomes = ['open', 'succeeded', 'failed', 'refused', 'overruled', 'unsettled'] as const;
const actions = [
  'ChangePlan',
  'ChangeQuantity',
  'Suspend',
  'Reinstate',
  'Renew',
  'Unsubscribe',
] as const;

export function OperationsPage() {
  const { operation: openId, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const pages = usePaged(operationList(filterOf(search)));
  const change = (next: typeof search) => void navigate({ search: next, replace: true });
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  const open =
    openId === undefined ? undefined : pages.rows.find((row) => row.operationId === openId);
  return (
    <Page title={t('operations.title')} about={t('operations.about')}>
      <DataTable
        name="operations"
        label={t('operations.title')}
        columns={columns()}
        pages={pages}
        rowKey={({ operationId, subscriptionId }) => `${subscriptionId} ${operationId}`}
        rowLink={({ operationId }) => ({
          to: '/operations',
          search: { ...search, operation: operationId },
        })}
        toolbar={
          <>
            <Filters value={search} onChange={change} fields={filterFields(search)} />
            <SavedViews name="operations" value={search} onChange={change} />
          </>
        }
        empty={
          isFiltered ? (
            <EmptyState
              icon="search"
              title={t('operations.empty.filtered.title')}
              text={t('operations.empty.filtered.text')}
            />
          ) : (
            <EmptyState
              icon="arrows"
              title={t('operations.empty.title')}
              text={t('operations.empty.text')}
            >
              <ButtonLink to="/inbox">{t('operations.empty.inbox')}</ButtonLink>
            </EmptyState>
          )
        }
      />
      <OperationDrawer
        operation={open}
        isOpen={openId !== undefined && !pages.isLoading}
        onClose={() => void navigate({ search })}
      />
    </Page>
  );
}

type Search = Omit<OperationFilter, 'isOpen' | 'outcome'> & {
  readonly outcome?: (typeof outcomes)[number] | undefined;
};

function filterOf({ outcome, ...filter }: Search): OperationFilter {
  if (outcome === 'open') return { ...filter, isOpen: true };
  return outcome === undefined ? filter : { ...filter, outcome };
}

function filterFields({ ruleId }: Search) {
  return [
    { kind: 'text', key: 'subscriptionId', label: t('operations.filter.search') },
    {
      kind: 'choice',
      key: 'outcome',
      label: t('operations.outcome'),
      options: outcomes.map((value) => ({
        value,
        label: t(`operations.outcome.${value}`),
        detail: t(`operations.outcome.${value}.hint`),
      })),
    },
    {
      kind: 'choice',
      key: 'decision',
      label: t('operations.decision'),
      options: (['accept', 'refuse', 'none'] as const).map((value) => ({
        value,
        label: t(`operations.decision.${value}`),
      })),
    },
    {
      kind: 'choice',
      key: 'action',
      label: t('operations.action'),
      options: actions.map((value) => ({ value, label: t(`inbox.action.${value}`) })),
    },
    { kind: 'boolean', key: 'isLate', label: t('operations.filter.late') },
    { kind: 'boolean', key: 'isSilent', label: t('operations.filter.silent') },
    {
      kind: 'choice',
      key: 'within',
      label: t('operations.filter.within'),
      options: withins.map((value) => ({ value, label: t(`inbox.within.${value}`) })),
    },
    // Only links set it.
    ...(ruleId === undefined
      ? []
      : [{ kind: 'text', key: 'ruleId', label: t('operations.filter.rule') } as const]),
  ] as const;
}

function columns(): readonly Column<Operation>[] {
  return [
    {
      id: 'action',
      header: t('operations.action'),
      width: 1.7,
      cell: ({ action }) => wordFor('inbox.action', action),
      csv: ({ action }) => action,
    },
    {
      id: 'change',
      header: t('operations.change'),
      width: 2,
      cell: valuesOf,
      csv: ({ from, to }) =>
        to ? `${from?.planId ?? from?.quantity ?? ''} → ${to.planId ?? to.quantity ?? ''}` : '',
    },
    {
      id: 'decision',
      header: t('operations.decision'),
      width: 2.2,
      cell: ({ decision, reason }) => (
        <div className="two-lines">
          <DecisionStatus decision={decision} />
          {reason !== undefined && <small>{reasonWords(reason)}</small>}
        </div>
      ),
      csv: ({ decision, reason }) => [decision, reason].filter(Boolean).join(' '),
    },
    {
      id: 'outcome',
      header: t('operations.outcome'),
      width: 1.8,
      cell: (operation) => <OutcomeStatus operation={operation} />,
      csv: ({ outcome }) => outcome ?? 'open',
    },
    {
      id: 'deadline',
      header: t('operations.deadline'),
      width: 1.6,
      cell: (operation) => <TimeUsed operation={operation} />,
      csv: (operation) => String(usedMs(operation) ?? ''),
    },
    {
      id: 'subscription',
      header: t('operations.subscription'),
      width: 1.5,
      cell: ({ subscriptionId }) => <SubscriptionLink id={subscriptionId} />,
      csv: ({ subscriptionId }) => subscriptionId,
    },
    {
      id: 'created',
      header: t('operations.created'),
      width: 1.4,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      csv: ({ createdAt }) => createdAt,
    },
    {
      id: 'origin',
      header: t('operations.origin'),
      width: 1.8,
      isHidden: true,
      cell: ({ origin }) => (origin === undefined ? null : t(`operations.origin.${origin}`)),
      csv: ({ origin }) => origin ?? '',
    },
  ];
}
