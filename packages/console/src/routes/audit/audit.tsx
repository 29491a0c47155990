import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { auditList, type AuditEntry, type AuditFilter } from '../../api/access.ts';
import { usePaged } from '../../api/paged.ts';
import { sinceOf, withins } from '../../api/within.ts';
import { chosenPublisher } from '../../app/publisher.ts';
import { Button } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page } from '../../parts/page.tsx';
import { SavedViews } from '../../parts/saved-views.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { AuditDrawer, OutcomeStatus } from './drawer.tsx';
import { VerifyDialog } from './verify.tsx';

const route = getRouteApi('/audit');

export function AuditPage() {
  const { entry, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const pages = usePaged(auditList(filter));
  const [isVerifying, setVerifying] = useState(false);
  const change = (next: typeof filter) => void navigate({ search: next, replace: true });
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <Page
      title={t('access.audit')}
      about={t('access.audit.about')}
      actions={
        <>
          <Button icon="check" onPress={() => setVerifying(true)}>
            {t('access.audit.verify')}
          </Button>
          <a className="button button-plain" href={exportOf(filter)} download>
            {t('access.audit.export')}
          </a>
        </>
      }
    >
      <DataTable
        name="audit"
        label={t('access.audit')}
        columns={columns()}
        pages={pages}
        rowKey={({ sequence }) => sequence}
        rowLink={({ sequence }) => ({ to: '/audit', search: { ...filter, entry: sequence } })}
        toolbar={
          <>
            <Filters
              value={filter}
              onChange={change}
              fields={[
                { kind: 'text', key: 'procedure', label: t('access.audit.procedure') },
                { kind: 'text', key: 'actor', label: t('access.audit.actor') },
                { kind: 'text', key: 'subject', label: t('access.audit.subject') },
                { kind: 'text', key: 'correlationId', label: t('access.audit.correlation') },
                {
                  kind: 'choice',
                  key: 'outcome',
                  label: t('access.audit.outcome'),
                  options: (['done', 'dry-run'] as const).map((value) => ({
                    value,
                    label: t(`access.audit.outcome.${value}`),
                  })),
                },
                {
                  kind: 'choice',
                  key: 'within',
                  label: t('access.audit.within'),
                  options: withins.map((value) => ({
                    value,
                    label: t(`access.within.${value}`),
                  })),
                },
              ]}
            />
            <SavedViews name="audit" value={filter} onChange={change} />
          </>
        }
        empty={
          <EmptyState
            icon={isFiltered ? 'search' : 'scroll'}
            title={t(isFiltered ? 'access.audit.filtered' : 'access.audit.empty')}
            text={t('access.audit.empty.text')}
          />
        }
      />
      <AuditDrawer
        entry={pages.rows.find(({ sequence }) => sequence === entry)}
        isOpen={entry !== undefined && !pages.isLoading}
        onClose={() => void navigate({ search: filter })}
      />
      {isVerifying && <VerifyDialog onClose={() => setVerifying(false)} />}
    </Page>
  );
}

/** All entries that match, not only those on the page. */
function exportOf({ within, ...filter }: AuditFilter): string {
  const publisherId = chosenPublisher();
  const wanted = { format: 'csv', ...filter, ...sinceOf(within), publisherId };
  const query = new URLSearchParams(
    Object.entries(wanted).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  return `/v1/audit/export?${query.toString()}`;
}

function columns(): readonly Column<AuditEntry>[] {
  return [
    {
      id: 'procedure',
      header: t('access.audit.procedure'),
      width: 2,
      cell: ({ procedure }) => <code>{procedure}</code>,
      csv: ({ procedure }) => procedure,
    },
    {
      id: 'actor',
      header: t('access.audit.actor'),
      width: 2,
      cell: ({ actor, actorLabel }) => (
        <span className="clip" data-hint={actor}>
          {actorLabel ?? actor}
        </span>
      ),
      csv: ({ actor }) => actor,
    },
    {
      id: 'outcome',
      header: t('access.audit.outcome'),
      width: 1.8,
      cell: (entry) => <OutcomeStatus entry={entry} />,
      csv: ({ outcome }) => outcome,
    },
    {
      id: 'subject',
      header: t('access.audit.subject'),
      width: 2,
      cell: ({ subject }) => <code className="clip">{subject ?? ''}</code>,
      csv: ({ subject }) => subject ?? '',
    },
    {
      id: 'reason',
      header: t('access.audit.reason'),
      width: 2,
      cell: ({ reason }) => reason ?? '',
      csv: ({ reason }) => reason ?? '',
    },
    {
      id: 'at',
      header: t('access.audit.at'),
      width: 1.3,
      cell: ({ at }) => <Time at={at} />,
      csv: ({ at }) => at,
    },
    {
      id: 'publisher',
      header: t('access.publisher'),
      isHidden: true,
      cell: ({ publisherId }) => publisherId ?? '',
      csv: ({ publisherId }) => publisherId ?? '',
    },
    {
      id: 'from',
      header: t('access.audit.from'),
      isHidden: true,
      cell: ({ from }) => <code>{from ?? ''}</code>,
      csv: ({ from }) => from ?? '',
    },
  ];
}
