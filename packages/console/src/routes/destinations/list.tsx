import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { destinationList, type Destination } from '../../api/destinations.ts';
import { usePaged } from '../../api/paged.ts';
import { useMay } from '../../app/session.ts';
import { Status } from '../../parts/badge.tsx';
import { IconButton } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Menu } from '../../parts/menu.tsx';
import { Page } from '../../parts/page.tsx';
import { SavedViews } from '../../parts/saved-views.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';

const route = getRouteApi('/destinations');

const states = ['enabled', 'failing', 'disabled'] as const;
type State = (typeof states)[number];

const tones = { enabled: 'good', failing: 'bad', disabled: 'quiet' } as const;

export function DestinationsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const pages = usePaged(destinationList());
  // The API does not filter destinations: there are a handful.
  const rows = pages.rows.filter((row) => !search.state || stateOf(row) === search.state);
  const change = (next: typeof search) => void navigate({ search: next, replace: true });
  return (
    <Page title={t('destinations.title')} about={t('destinations.about')}>
      <DataTable
        name="destinations"
        label={t('destinations.title')}
        columns={columns()}
        pages={{ ...pages, rows }}
        rowKey={({ id }) => id}
        rowActions={(row) => <Actions destination={row} />}
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
                  options: states.map((value) => ({
                    value,
                    label: t(`destinations.state.${value}`),
                  })),
                },
              ]}
            />
            <SavedViews name="destinations" value={search} onChange={change} />
          </>
        }
        empty={
          <EmptyState
            icon="target"
            title={t('destinations.empty.title')}
            text={t('destinations.empty.text')}
          />
        }
      />
    </Page>
  );
}

/** A function, because the words are there only when the page is rendered. */
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
      id: 'url',
      header: t('destinations.url'),
      width: 3,
      cell: ({ url }) => <span className="mono clip">{url}</span>,
      csv: ({ url }) => url,
    },
    {
      id: 'state',
      header: t('destinations.state'),
      cell: (row) => (
        <Status tone={tones[stateOf(row)]}>{t(`destinations.state.${stateOf(row)}`)}</Status>
      ),
      csv: stateOf,
    },
    {
      id: 'types',
      header: t('destinations.types'),
      cell: ({ types }) =>
        types.length === 0
          ? t('destinations.types.all')
          : t('destinations.types.count', { count: types.length }),
      csv: ({ types }) => types.join(' '),
    },
    {
      id: 'created',
      header: t('destinations.created'),
      cell: ({ createdAt }) => <Time at={createdAt} />,
      csv: ({ createdAt }) => createdAt,
    },
  ];
}

function stateOf({ state, failingSince }: Destination): State {
  if (state === 'disabled') return 'disabled';
  return failingSince === undefined ? 'enabled' : 'failing';
}

function Actions({ destination }: { readonly destination: Destination }) {
  const may = useMay();
  const [isAsking, setAsking] = useState(false);
  const { id: destinationId, label, state } = destination;
  const enable = useCommand({
    run: api.destinations.enable.mutate,
    changes: ['destinations'],
    done: () => t('destinations.enabled', { label }),
  });
  const disable = useCommand(
    {
      run: api.destinations.disable.mutate,
      changes: ['destinations'],
      done: () => t('destinations.disabled', { label }),
      undo: (_, input, options) => api.destinations.enable.mutate(input, options),
    },
    'shown',
  );
  const scope = 'destinations:write';
  const refused = may(scope) ? {} : { isDisabled: true, detail: t('parts.forbidden', { scope }) };
  return (
    <>
      <Menu
        label={t('parts.moreActions')}
        groups={[
          {
            entries: [
              state === 'enabled'
                ? {
                    id: 'disable',
                    label: t('destinations.disable'),
                    run: () => setAsking(true),
                    ...refused,
                  }
                : {
                    id: 'enable',
                    label: t('destinations.enable'),
                    run: () => void enable.start({ destinationId }),
                    ...refused,
                  },
            ],
          },
        ]}
      >
        <IconButton icon="more" label={t('parts.moreActions')} />
      </Menu>
      <CommandDialog
        title={t('destinations.disable')}
        about={<p>{t('destinations.disable.about', { label })}</p>}
        confirm={t('destinations.disable')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        command={disable}
        input={() => ({ destinationId })}
      />
    </>
  );
}
