import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { saveAnswer } from '../../api/download.ts';
import { usePaged } from '../../api/paged.ts';
import {
  offersAndPlans,
  subscriptionCount,
  subscriptionList,
  type Order,
  type SubscriptionFilter,
  type SubscriptionRow,
} from '../../api/subscriptions.ts';
import { useMay, useSession } from '../../app/session.ts';
import { ButtonLink } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters, SearchBox } from '../../parts/filters.tsx';
import { Id } from '../../parts/id.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { SavedViews } from '../../parts/saved-views.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { number, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import {
  Marks,
  seatsOf,
  statuses,
  SubscriptionStatus,
  termWord,
  waitingFor,
  waitsFor,
  WaitsFor,
} from './standing.tsx';

const route = getRouteApi('/subscriptions');

/** What was searched for last. It can be a person's address, so it stands in no URL and in no storage of the browser. */
let lastSearched = '';

/** The shortest search that the API takes. */
const MIN_SEARCH = 2;
const DAY_MS = 24 * 60 * 60 * 1000;

const terms = ['renews7d', 'renews30d', 'ends7d', 'ends30d'] as const;

type Search = Omit<SubscriptionFilter, 'search' | 'renewsBefore' | 'endsBefore' | 'sort'> & {
  readonly sort?: Order | undefined;
  readonly term?: (typeof terms)[number] | undefined;
};

export function SubscriptionsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [text, setText] = useState(lastSearched);
  const filter = filterOf(search, text);
  const pages = usePaged(subscriptionList(filter));
  const { sort: _order, ...filters } = search;
  const isFiltered = text !== '' || Object.values(filters).some((value) => value !== undefined);
  const change = (next: Search) =>
    void navigate({ search: next, replace: true, resetScroll: false });
  const find = (next: string) => {
    lastSearched = next;
    setText(next);
  };
  return (
    <Page
      title={t('subscriptions.title')}
      about={t('subscriptions.about')}
      aside={<Total filter={filter} />}
    >
      {pages.first?.warnings?.map((warning) => (
        <Notice key={warning} tone="warn" title={warning} />
      ))}
      <DataTable
        name="subscriptions"
        label={t('subscriptions.title')}
        columns={columns()}
        pages={pages}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({
          to: '/subscriptions/$subscriptionId',
          params: { subscriptionId: id },
        })}
        sort={search.sort ?? 'newest'}
        onSort={(sort) => change({ ...search, sort: sort as Order })}
        {...(text === '' && { onExport: () => saveAll(filter) })}
        toolbar={
          <>
            <SearchBox label={t('subscriptions.search')} value={text} onChange={find} />
            <Filters value={search} onChange={change} fields={useFields(search)} />
            <SavedViews name="subscriptions" value={search} onChange={change} />
          </>
        }
        empty={isFiltered ? <NothingFound hasSearch={text !== ''} /> : <NothingYet />}
      />
    </Page>
  );
}

/** A day is enough for the API to answer from its memory, and for terms that are counted in days. */
function inDays(days: number): string {
  return new Date(Math.ceil(Date.now() / DAY_MS) * DAY_MS + days * DAY_MS).toISOString();
}

function filterOf({ term, ...search }: Search, text: string): SubscriptionFilter {
  const before = term && inDays(term.endsWith('30d') ? 30 : 7);
  const words = text.trim();
  return {
    ...search,
    ...(words.length >= MIN_SEARCH && { search: words }),
    ...(before !== undefined &&
      (term?.startsWith('renews') ? { renewsBefore: before } : { endsBefore: before })),
  };
}

function Total({ filter: { sort: _order, ...filter } }: { readonly filter: SubscriptionFilter }) {
  const { data } = useQuery(subscriptionCount(filter));
  if (!data) return null;
  const count = number(data.count);
  return (
    <span className="muted total" aria-live="polite">
      {data.isMore ? t('subscriptions.total.more', { count }) : count}
    </span>
  );
}

async function saveAll(filter: SubscriptionFilter): Promise<void> {
  await saveAnswer('/v1/subscriptions.csv', filter, 'subscriptions.csv');
}

/** The commonest question first: what is waiting, and for whom. */
function useFields({ offerId }: Search) {
  const may = useMay();
  const catalogue = useQuery({ ...offersAndPlans(), enabled: may('usage:read') });
  const plans = catalogue.data ?? [];
  const offers = [...new Set(plans.map((plan) => plan.offerId))].toSorted();
  const ofOffer = plans.filter((plan) => offerId === undefined || plan.offerId === offerId);
  const planIds = [...new Set(ofOffer.map((plan) => plan.planId))].toSorted();
  return [
    {
      kind: 'choice',
      key: 'waitsFor',
      label: t('subscriptions.waits'),
      options: waitingFor.map((value) => ({
        value,
        label: t(`subscriptions.waits.${value}`),
        detail: t(`subscriptions.waits.${value}.hint`),
      })),
    },
    {
      kind: 'choice',
      key: 'status',
      label: t('subscriptions.status'),
      options: statuses.map((value) => ({
        value,
        label: t(`subscriptions.status.${value}`),
        detail: t(`subscriptions.status.${value}.hint`),
      })),
    },
    {
      kind: 'choice',
      key: 'activation',
      label: t('subscriptions.activation'),
      options: (['awaiting-approval', 'provisioning', 'failed', 'declined'] as const).map(
        (value) => ({ value, label: t(`subscriptions.activation.${value}`) }),
      ),
    },
    {
      kind: 'choice',
      key: 'offerId',
      label: t('subscriptions.offer'),
      options: offers.map((value) => ({ value, label: value })),
    },
    {
      kind: 'choice',
      key: 'planId',
      label: t('subscriptions.plan'),
      options: planIds.map((value) => ({ value, label: value })),
    },
    {
      kind: 'choice',
      key: 'term',
      label: t('subscriptions.term'),
      options: terms.map((value) => ({ value, label: t(`subscriptions.term.${value}`) })),
    },
    { kind: 'boolean', key: 'isTestPurchase', label: t('subscriptions.test') },
  ] as const;
}

function NothingFound({ hasSearch }: { readonly hasSearch: boolean }) {
  return (
    <EmptyState
      icon="search"
      title={t('subscriptions.empty.filtered.title')}
      text={t(
        hasSearch ? 'subscriptions.empty.searched.text' : 'subscriptions.empty.filtered.text',
      )}
    />
  );
}

function NothingYet() {
  const { local } = useSession();
  return (
    <EmptyState
      icon="layers"
      title={t('subscriptions.empty.title')}
      text={t(local ? 'subscriptions.empty.local' : 'subscriptions.empty.text')}
    >
      <ButtonLink to="/setup">{t('subscriptions.empty.setup')}</ButtonLink>
    </EmptyState>
  );
}

function columns(): readonly Column<SubscriptionRow>[] {
  return [
    {
      id: 'name',
      header: t('subscriptions.name'),
      width: 3,
      sort: 'name',
      cell: (row) => (
        <span className="row">
          {row.name || row.id}
          <Marks subscription={row} />
        </span>
      ),
      csv: ({ name }) => name,
    },
    {
      id: 'status',
      header: t('subscriptions.status'),
      width: 1.5,
      sort: 'status',
      cell: (row) => <SubscriptionStatus subscription={row} />,
      csv: ({ status }) => status,
    },
    {
      id: 'waits',
      header: t('subscriptions.waits'),
      width: 1.5,
      cell: (row) => <WaitsFor subscription={row} />,
      csv: (row) => waitsFor(row) ?? '',
    },
    {
      id: 'plan',
      header: t('subscriptions.plan'),
      width: 1.8,
      cell: ({ offerId, planId }) => (
        <div className="two-lines">
          {planId}
          <small>{offerId}</small>
        </div>
      ),
      csv: ({ offerId, planId }) => `${offerId} ${planId}`,
    },
    {
      id: 'seats',
      header: t('subscriptions.seats'),
      width: 0.8,
      align: 'end',
      cell: (row) => (row.quantity === null ? null : seatsOf(row)),
      csv: ({ quantity }) => String(quantity ?? ''),
    },
    {
      id: 'term',
      header: t('subscriptions.term'),
      width: 1.7,
      sort: 'endsAt',
      cell: (row) =>
        row.term.endDate === undefined ? null : (
          <span>
            <span className="muted">{termWord(row)}</span> <Time at={row.term.endDate} />
          </span>
        ),
      csv: ({ term }) => term.endDate ?? '',
    },
    {
      id: 'created',
      header: t('subscriptions.bought'),
      width: 1.5,
      sort: 'newest',
      cell: ({ createdAt }) => <Time at={createdAt} />,
      csv: ({ createdAt }) => createdAt,
    },
    ...hiddenColumns(),
  ];
}

function hiddenColumns(): readonly Column<SubscriptionRow>[] {
  return [
    {
      id: 'activation',
      header: t('subscriptions.activation'),
      width: 1.4,
      isHidden: true,
      cell: ({ activation }) => wordFor('subscriptions.activation', activation.state),
      csv: ({ activation }) => activation.state,
    },
    {
      id: 'beneficiary',
      header: t('subscriptions.beneficiary'),
      width: 2,
      isHidden: true,
      cell: ({ beneficiary }) => <span className="clip">{beneficiary.emailId}</span>,
    },
    {
      id: 'id',
      header: t('subscriptions.id'),
      width: 1.4,
      isHidden: true,
      cell: ({ id }) => <Id value={id} />,
      csv: ({ id }) => id,
    },
    {
      id: 'publisher',
      header: t('subscriptions.publisher'),
      width: 1.2,
      isHidden: true,
      cell: ({ publisherId }) => publisherId,
      csv: ({ publisherId }) => publisherId,
    },
    {
      id: 'updated',
      header: t('subscriptions.updated'),
      width: 1.3,
      isHidden: true,
      cell: ({ updatedAt }) => <Time at={updatedAt} />,
      csv: ({ updatedAt }) => updatedAt,
    },
  ];
}
