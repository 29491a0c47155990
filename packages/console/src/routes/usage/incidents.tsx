import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { usePaged } from '../../api/paged.ts';
import { incidentList, type Incident } from '../../api/usage.ts';
import { useRefusal } from '../../app/session.ts';
import { Status, type Tone } from '../../parts/badge.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { Filters } from '../../parts/filters.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { day, t } from '../../words/words.ts';
import { incidentKinds } from './kinds.ts';
import { quantity } from './quantity.ts';

const route = getRouteApi('/usage');

/** Differences between Landfall and Microsoft, unusual usage, and crossed limits. */
export function Incidents() {
  const { subscriptionId, kind, isSettled } = route.useSearch();
  const filter = { subscriptionId, kind, isSettled };
  const navigate = route.useNavigate();
  const pages = usePaged(incidentList(filter));
  const [settling, setSettling] = useState<Incident>();
  const refusal = useRefusal('usage:write');
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <DataTable
        name="usage-incidents"
        label={t('usage.incidents')}
        columns={columns()}
        pages={pages}
        rowKey={({ id }) => id}
        rowActions={(row) =>
          row.settledAt === undefined ? (
            <RowMenu
              name={t(`usage.incident.${row.kind}`)}
              refusal={refusal}
              entries={[
                {
                  id: 'settle',
                  label: t('usage.settle'),
                  icon: 'check',
                  run: () => setSettling(row),
                },
              ]}
            />
          ) : null
        }
        toolbar={
          <Filters
            value={filter}
            onChange={(next) =>
              void navigate({ search: { ...next, tab: 'incidents' }, replace: true })
            }
            fields={[
              { kind: 'text', key: 'subscriptionId', label: t('usage.filter.subscription') },
              {
                kind: 'choice',
                key: 'kind',
                label: t('usage.incident.kind'),
                options: incidentKinds.map((value) => ({
                  value,
                  label: t(`usage.incident.${value}`),
                })),
              },
              { kind: 'boolean', key: 'isSettled', label: t('usage.incident.settled') },
            ]}
          />
        }
        empty={
          <EmptyState
            icon="check"
            title={t(isFiltered ? 'usage.incidents.filtered' : 'usage.incidents.empty.title')}
            text={t('usage.incidents.empty.text')}
          />
        }
      />
      {settling && <SettleDialog incident={settling} onClose={() => setSettling(undefined)} />}
    </>
  );
}

function SettleDialog({
  incident,
  onClose,
}: {
  readonly incident: Incident;
  readonly onClose: () => void;
}) {
  const settle = useCommand(
    {
      run: api.incidents.settle.mutate,
      changes: ['incidents'],
      done: () => t('usage.settle.done'),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('usage.settle.title')}
      about={
        <>
          <p>{incident.message}</p>
          <p>{t('usage.settle.about')}</p>
        </>
      }
      confirm={t('usage.settle')}
      isOpen
      onClose={onClose}
      command={settle}
      reason="required"
      input={(reason) => ({ incidentId: incident.id, reason })}
    />
  );
}

const tones: Readonly<Record<Incident['kind'], Tone>> = {
  mismatch: 'bad',
  rejected: 'bad',
  missing: 'bad',
  'unknown-here': 'bad',
  'over-billed': 'bad',
  unusual: 'warn',
  threshold: 'warn',
};

function columns(): readonly Column<Incident>[] {
  return [
    {
      id: 'kind',
      header: t('usage.incident.kind'),
      width: 1.8,
      cell: ({ kind, settledAt }) => (
        <Status tone={settledAt === undefined ? tones[kind] : 'quiet'}>
          {t(`usage.incident.${kind}`)}
        </Status>
      ),
      csv: ({ kind }) => kind,
    },
    {
      id: 'message',
      header: t('usage.incident.message'),
      width: 3.6,
      cell: ({ message, reason }) => (
        <div className="two-lines">
          <span>{message}</span>
          {reason !== undefined && <small>{t('usage.incident.because', { reason })}</small>}
        </div>
      ),
      csv: ({ message }) => message,
    },
    {
      id: 'ours',
      header: t('usage.incident.ours'),
      align: 'end',
      cell: ({ ours }) => (ours === undefined ? '–' : quantity(ours)),
      csv: ({ ours }) => ours ?? '',
    },
    {
      id: 'theirs',
      header: t('usage.incident.theirs'),
      align: 'end',
      cell: ({ theirs }) => (theirs === undefined ? '–' : quantity(theirs)),
      csv: ({ theirs }) => theirs ?? '',
    },
    {
      id: 'subscription',
      header: t('usage.subscription'),
      width: 1.4,
      cell: ({ subscriptionId }) => <SubscriptionLink id={subscriptionId} />,
      csv: ({ subscriptionId }) => subscriptionId,
    },
    {
      id: 'day',
      header: t('usage.incident.day'),
      width: 1.2,
      cell: (row) => day(row.day),
      csv: (row) => row.day,
    },
    {
      id: 'dimension',
      header: t('usage.dimension'),
      isHidden: true,
      cell: ({ dimension }) => dimension ?? '',
      csv: ({ dimension }) => dimension ?? '',
    },
  ];
}
