import { Link } from '@tanstack/react-router';
import { usePaged } from '../../api/paged.ts';
import { runList, type Run } from '../../api/reconciliation.ts';
import { ButtonLink } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Card, Page, Section } from '../../parts/page.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { exactTime, Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { durationOf, Figure, leftOf, RunStatus } from './run-status.tsx';
import { StartButton } from './start.tsx';

export function ReconciliationPage() {
  const pages = usePaged(runList());
  return (
    <Page
      title={t('reconciliation.title')}
      about={t('reconciliation.about')}
      actions={<StartButton />}
    >
      <DataTable
        name="runs"
        label={t('reconciliation.title')}
        columns={columns()}
        pages={pages}
        rowKey={({ runId }) => runId}
        rowLink={({ runId }) => ({ to: '/reconciliation/$runId', params: { runId } })}
        empty={
          <EmptyState
            icon="scale"
            title={t('reconciliation.empty.title')}
            text={t('reconciliation.empty.text')}
          >
            <StartButton />
          </EmptyState>
        }
      />
      <HowToRead />
    </Page>
  );
}

export function HowToRead() {
  return (
    <Section title={t('reconciliation.read.title')}>
      <Card>
        <ul className="bullets">
          <li>{t('reconciliation.read.1')}</li>
          <li>{t('reconciliation.read.2')}</li>
          <li>{t('reconciliation.read.3')}</li>
        </ul>
        <div className="row">
          <Link to="/doctor" className="button button-plain button-small">
            {t('reconciliation.read.doctor')}
          </Link>
          <ButtonLink to="/inbox" search={{ tab: 'callers' }} look="quiet">
            {t('reconciliation.read.callers')}
          </ButtonLink>
        </div>
      </Card>
    </Section>
  );
}

function columns(): readonly Column<Run>[] {
  return [
    {
      id: 'started',
      header: t('reconciliation.started'),
      width: 1.6,
      cell: ({ startedAt }) => <Time at={startedAt} />,
      csv: ({ startedAt }) => startedAt,
    },
    {
      id: 'state',
      header: t('reconciliation.state'),
      width: 1.8,
      cell: (run) => <RunStatus run={run} />,
      csv: ({ state, dryRun }) => (dryRun ? `${state} (dry run)` : state),
    },
    {
      id: 'listed',
      header: t('reconciliation.listed'),
      align: 'end',
      cell: ({ listed }) => <Figure value={listed} />,
      csv: ({ listed }) => String(listed),
    },
    {
      id: 'drifted',
      header: t('reconciliation.drifted'),
      align: 'end',
      cell: ({ drifted }) => <Figure value={drifted} isBad />,
      csv: ({ drifted }) => String(drifted),
    },
    {
      id: 'healed',
      header: t('reconciliation.healed'),
      align: 'end',
      cell: (run) => (
        <span className={leftOf(run) > 0 ? 'figure-bad' : undefined}>
          <Figure value={run.healed} />
        </span>
      ),
      csv: ({ healed }) => String(healed),
    },
    {
      id: 'errors',
      header: t('reconciliation.errors'),
      align: 'end',
      cell: ({ errors }) => <Figure value={errors} isBad />,
      csv: ({ errors }) => String(errors),
    },
    {
      id: 'duration',
      header: t('reconciliation.duration'),
      align: 'end',
      cell: (run) => durationOf(run) ?? '–',
      csv: (run) => durationOf(run) ?? '',
    },
    {
      id: 'publisher',
      header: t('reconciliation.publisher'),
      isHidden: true,
      cell: ({ publisherId }) => publisherId ?? '',
      csv: ({ publisherId }) => publisherId ?? '',
    },
    {
      id: 'exact',
      header: t('parts.time.utc'),
      width: 2,
      isHidden: true,
      cell: ({ startedAt }) => exactTime(new Date(startedAt)).split('\n')[0],
      csv: ({ startedAt }) => startedAt,
    },
  ];
}
