import { getRouteApi } from '@tanstack/react-router';
import { destinationList, type Destination } from '../../api/destinations.ts';
import { usePaged } from '../../api/paged.ts';
import { useRefusal } from '../../app/session.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page } from '../../parts/page.tsx';
import { SavedViews } from '../../parts/saved-views.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { DestinationActions } from './actions.tsx';
import {
  DestinationStatus,
  destinationStates,
  mattersWords,
  stateOf,
  typesWords,
  whereTo,
} from './state.tsx';

const route = getRouteApi('/destinations');

const channels = ['product', 'mail', 'teams', 'slack', 'customer-mail'] as const;

export function DestinationsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const pages = usePaged(destinationList());
  // There are a handful, so they are filtered here.
  const rows = pages.rows.filter(
    (row) =>
      (!search.state || stateOf(row) === search.state) &&
      (!search.channel || row.channel === search.channel),
  );
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  const change = (next: typeof search) => void navigate({ search: next, replace: true });
  return (
    <Page
      title={t('destinations.title')}
      about={t('destinations.about')}
      actions={<NewDestination />}
    >
      <DataTable
        name="destinations"
        label={t('destinations.title')}
        columns={columns()}
        pages={{ ...pages, rows }}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({
          to: '/destinations/$destinationId',
          params: { destinationId: id },
        })}
        rowActions={(row) => <DestinationActions destination={row} />}
        toolbar={
          <>
            <Filters
              value={search}
              onChange={change}
              fields={[
                {
                  kind: 'choice',
                  key: 'state',
                  label: t('destinations.state'),
                  options: destinationStates.map((value) => ({
                    value,
                    label: t(`destinations.state.${value}`),
                  })),
                },
                {
                  kind: 'choice',
                  key: 'channel',
                  label: t('destinations.channel'),
                  options: channels.map((value) => ({
                    value,
                    label: t(`destinations.channel.${value}`),
                  })),
                },
              ]}
            />
            <SavedViews name="destinations" value={search} onChange={change} />
          </>
        }
        empty={
          isFiltered ? (
            <EmptyState
              icon="search"
              title={t('destinations.empty.filtered.title')}
              text={t('destinations.empty.filtered.text')}
            />
          ) : (
            <EmptyState
              icon="target"
              title={t('destinations.empty.title')}
              text={t('destinations.empty.text')}
            >
              <NewDestination />
            </EmptyState>
          )
        }
      />
    </Page>
  );
}

function NewDestination() {
  const refusal = useRefusal('destinations:write');
  if (refusal !== undefined) {
    return (
      <Button icon="plus" refusal={refusal}>
        {t('destinations.new')}
      </Button>
    );
  }
  return (
    <ButtonLink look="primary" icon="plus" to="/destinations/new">
      {t('destinations.new')}
    </ButtonLink>
  );
}

function columns(): readonly Column<Destination>[] {
  return [
    {
      id: 'label',
      header: t('destinations.label'),
      width: 2,
      cell: ({ label }) => label,
      csv: ({ label }) => label,
    },
    {
      id: 'channel',
      header: t('destinations.channel'),
      width: 1.3,
      cell: ({ channel }) => t(`destinations.channel.${channel}`),
      csv: ({ channel }) => channel,
    },
    {
      id: 'state',
      header: t('destinations.state'),
      width: 1.2,
      cell: (row) => <DestinationStatus destination={row} />,
      csv: stateOf,
    },
    {
      id: 'url',
      header: t('destinations.url'),
      width: 2.6,
      cell: (row) => <span className="clip">{whereTo(row)}</span>,
      csv: whereTo,
    },
    {
      id: 'types',
      header: t('destinations.types'),
      width: 1.1,
      cell: typesWords,
      csv: ({ types }) => types.join(' '),
    },
    {
      id: 'matters',
      header: t('destinations.matters'),
      width: 1.1,
      cell: mattersWords,
      csv: mattersWords,
    },
    {
      id: 'created',
      header: t('destinations.created'),
      width: 1.2,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      csv: ({ createdAt }) => createdAt,
    },
  ];
}
