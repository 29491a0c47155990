import { useQuery } from '@tanstack/react-query';
import { getRouteApi, type LinkProps } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { matterList, type Matter } from '../../api/matters.ts';
import { matterCounts } from '../../api/overview.ts';
import { usePaged } from '../../api/paged.ts';
import { useRefusal } from '../../app/session.ts';
import { Severity } from '../../parts/badge.tsx';
import { IconButton } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Id } from '../../parts/id.tsx';
import { Menu } from '../../parts/menu.tsx';
import { Page } from '../../parts/page.tsx';
import { SavedViews } from '../../parts/saved-views.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { CloseMatter } from './close-matter.tsx';
import { Due } from './due.tsx';
import { snoozeTimes } from './snooze.ts';
import './matters.css';

const route = getRouteApi('/matters');

export function MattersPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const counts = useQuery(matterCounts());
  const pages = usePaged(
    matterList({
      state: search.state ?? 'open',
      severities: search.severity && [search.severity],
      kinds: search.kind === undefined ? undefined : [search.kind],
      assignedTo: search.assigned,
      withSnoozed: search.snoozed ?? false,
      subscriptionId: search.subscription,
    }),
  );
  const [closing, setClosing] = useState<Matter>();
  const change = (next: typeof search) => void navigate({ search: next, replace: true });
  const assign = useAssign();
  return (
    <Page title={t('matters.title')} about={t('matters.about')}>
      <DataTable
        name="matters"
        label={t('matters.title')}
        columns={columns(search.state === 'closed')}
        pages={pages}
        rowKey={({ id }) => id}
        rowLink={({ id }): LinkProps => ({ to: '/matters/$matterId', params: { matterId: id } })}
        rowKeys={{
          a: ({ id }) => void assign.start({ matterId: id, to: 'me' }),
          e: (matter) => setClosing(matter),
        }}
        rowActions={(matter) => <Actions matter={matter} onClose={() => setClosing(matter)} />}
        toolbar={
          <>
            <Filters
              value={search}
              onChange={change}
              fields={[
                {
                  kind: 'choice',
                  key: 'severity',
                  label: t('matters.severity'),
                  options: (['critical', 'warning', 'info'] as const).map((value) => ({
                    value,
                    label: t(`parts.severity.${value}`),
                  })),
                },
                {
                  kind: 'choice',
                  key: 'assigned',
                  label: t('matters.assigned'),
                  options: [
                    { value: 'me', label: t('matters.assigned.me') },
                    { value: 'nobody', label: t('matters.assigned.nobody') },
                  ],
                },
                {
                  kind: 'choice',
                  key: 'kind',
                  label: t('matters.kind'),
                  options: (counts.data?.byKind ?? []).map(({ kind, count }) => ({
                    value: kind,
                    label: `${kind} (${count})`,
                  })),
                },
                {
                  kind: 'choice',
                  key: 'state',
                  label: t('matters.state'),
                  options: [{ value: 'closed', label: t('matters.state.closed') }],
                },
                { kind: 'boolean', key: 'snoozed', label: t('matters.withSnoozed') },
              ]}
            />
            <SavedViews name="matters" value={search} onChange={change} />
          </>
        }
        empty={
          <EmptyState
            icon="check"
            title={t(search.state === 'closed' ? 'matters.empty.closed' : 'matters.empty.title')}
            text={t('matters.empty.text')}
          />
        }
      />
      {closing && <CloseMatter matter={closing} isOpen onClose={() => setClosing(undefined)} />}
    </Page>
  );
}

/** A function, because the words are there only when the page is rendered. */
function columns(areClosed: boolean): readonly Column<Matter>[] {
  return [
    {
      id: 'title',
      header: t('matters.what'),
      width: 5,
      cell: ({ title, nextStep }) => (
        <span className="matter-what">
          <strong>{title}</strong>
          <span className="muted clip">{nextStep}</span>
        </span>
      ),
      csv: ({ title }) => title,
    },
    {
      id: 'severity',
      header: t('matters.severity'),
      cell: ({ severity }) => <Severity level={severity} />,
      csv: ({ severity }) => severity,
    },
    areClosed
      ? {
          id: 'closed',
          header: t('matters.closed'),
          cell: ({ closedAt }) => (closedAt === undefined ? null : <Time at={closedAt} />),
          csv: ({ closedAt }) => closedAt ?? '',
        }
      : {
          id: 'due',
          header: t('matters.due'),
          cell: ({ dueAt }) => <Due at={dueAt} />,
          csv: ({ dueAt }) => dueAt ?? '',
        },
    {
      id: 'since',
      header: t('matters.since'),
      cell: ({ since }) => <Time at={since} />,
      csv: ({ since }) => since,
    },
    {
      id: 'about',
      header: t('matters.about.column'),
      cell: ({ subscriptionId, subject }) => <Id value={subscriptionId ?? subject.id} />,
      csv: ({ subscriptionId, subject }) => subscriptionId ?? subject.id,
    },
    {
      id: 'assigned',
      header: t('matters.assigned'),
      cell: ({ assignedTo }) =>
        assignedTo ? (assignedTo.name ?? assignedTo.objectId.slice(0, 8)) : '',
      csv: ({ assignedTo }) => assignedTo?.name ?? assignedTo?.objectId ?? '',
    },
  ];
}

function useAssign() {
  return useCommand({
    run: api.matters.assign.mutate,
    changes: ['matters'],
    done: (_, { to }) => t(to === null ? 'matters.unassigned' : 'matters.assignedToYou'),
  });
}

function Actions({ matter, onClose }: { readonly matter: Matter; readonly onClose: () => void }) {
  const assign = useAssign();
  const snooze = useCommand({
    run: api.matters.snooze.mutate,
    changes: ['matters'],
    done: () => t('matters.snoozed'),
    undo: (_, { matterId }, options) =>
      api.matters.snooze.mutate({ matterId, until: null }, options),
  });
  const detail = useRefusal('matters:write');
  const isDisabled = detail !== undefined;
  if (matter.state === 'closed') return null;
  const matterId = matter.id;
  return (
    <Menu
      label={t('parts.moreActions')}
      groups={[
        {
          entries: [
            {
              id: 'mine',
              label: t('matters.takeIt'),
              run: () => void assign.start({ matterId, to: 'me' }),
              isDisabled,
              detail,
            },
            { id: 'close', label: t('matters.close'), run: onClose, isDisabled, detail },
          ],
        },
        {
          label: t('matters.snooze'),
          entries: snoozeTimes().map(({ id, label, until }) => ({
            id,
            label,
            run: () => void snooze.start({ matterId, until }),
            isDisabled,
            detail,
          })),
        },
      ]}
    >
      <IconButton icon="more" label={t('parts.moreActions')} />
    </Menu>
  );
}
