import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { usePaged } from '../../api/paged.ts';
import { findingList, runOf, type Finding, type Run } from '../../api/reconciliation.ts';
import { Status } from '../../parts/badge.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters } from '../../parts/filters.tsx';
import { RawJson } from '../../parts/json.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Facts, Page, Section } from '../../parts/page.tsx';
import { Stat } from '../../parts/stat.tsx';
import { EmptyState, Loaded } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Time } from '../../parts/time.tsx';
import { ago, hasWord, number, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { HowToRead } from './list.tsx';
import { durationOf, leftOf, RunStatus } from './run-status.tsx';
import { StartButton } from './start.tsx';

const route = getRouteApi('/reconciliation/$runId');

export function RunPage() {
  const { runId } = route.useParams();
  const query = useQuery(runOf(runId));
  const { data } = query;
  return (
    <Page
      title={
        data
          ? t('reconciliation.detail.title', { at: ago(data.startedAt) })
          : t('reconciliation.run')
      }
      crumbs={[{ label: t('reconciliation.title'), link: { to: '/reconciliation' } }]}
      aside={data && <RunStatus run={data} />}
      actions={<StartButton label={t('reconciliation.detail.repeat')} />}
    >
      <Loaded query={query} lines={8}>
        {(run) => <Whole run={run} />}
      </Loaded>
    </Page>
  );
}

function Whole({ run }: { readonly run: Run }) {
  return (
    <>
      <Verdict run={run} />
      <Card isFlush>
        <div className="figures">
          <Figures run={run} />
        </div>
      </Card>
      <Causes runId={run.runId} />
      <Findings runId={run.runId} />
      <Coverage run={run} />
      <HowToRead />
      <RawJson value={run} />
    </>
  );
}

/** What the run means, in one sentence, before its numbers. */
function Verdict({ run }: { readonly run: Run }) {
  const { state, listed, failure, continuesAt, dryRun, drifted, coverage } = run;
  if (state === 'running') {
    return (
      <Notice tone="notice" title={t('reconciliation.detail.running')}>
        <p>{t('reconciliation.detail.running.text', { listed })}</p>
      </Notice>
    );
  }
  if (state === 'failed') {
    return (
      <Notice tone="bad" title={t('reconciliation.detail.failed')}>
        {failure !== undefined && <p>{failure}</p>}
        <p>
          {continuesAt === undefined
            ? t('reconciliation.detail.failed.over')
            : t('reconciliation.detail.failed.continues', { ago: ago(continuesAt) })}
        </p>
      </Notice>
    );
  }
  if (coverage?.isListComplete === false) {
    return (
      <Notice tone="warn" title={t('reconciliation.detail.incomplete')}>
        <p>{t('reconciliation.detail.incomplete.text')}</p>
      </Notice>
    );
  }
  if (drifted === 0) {
    return (
      <Notice tone="good" title={t('reconciliation.detail.clean')}>
        <p>{t('reconciliation.detail.clean.text')}</p>
      </Notice>
    );
  }
  if (dryRun) {
    return (
      <Notice tone="warn" title={t('reconciliation.detail.dry')}>
        <p>{t('reconciliation.detail.dry.text')}</p>
      </Notice>
    );
  }
  const count = leftOf(run);
  if (count === 0) return <Notice tone="good" title={t('reconciliation.detail.allHealed')} />;
  return (
    <Notice tone="warn" title={t('reconciliation.detail.left', { count })}>
      <p>{t('reconciliation.detail.left.text')}</p>
    </Notice>
  );
}

function Figures({ run }: { readonly run: Run }) {
  const { listed, unchanged, drifted, healed, errors, unopened, testsDrifted, coverage } = run;
  return (
    <>
      <Stat
        label={t('reconciliation.listed')}
        value={number(listed)}
        detail={coverage && t('reconciliation.listed.detail', { pages: coverage.pages })}
      />
      <Stat label={t('reconciliation.unchanged')} value={number(unchanged)} />
      <Stat
        label={t('reconciliation.drifted')}
        value={number(drifted)}
        tone={drifted > 0 ? 'bad' : 'good'}
        detail={t('reconciliation.drifted.detail')}
      />
      <Stat
        label={t('reconciliation.healed')}
        value={number(healed)}
        tone={leftOf(run) > 0 ? 'warn' : 'quiet'}
      />
      <Stat
        label={t('reconciliation.errors')}
        value={number(errors)}
        tone={errors > 0 ? 'bad' : 'quiet'}
        detail={t('reconciliation.errors.detail')}
      />
      {unopened !== undefined && (
        <Stat
          label={t('reconciliation.unopened')}
          value={number(unopened)}
          detail={t('reconciliation.unopened.detail')}
        />
      )}
      {testsDrifted !== undefined && testsDrifted > 0 && (
        <Stat
          label={t('reconciliation.tests')}
          value={number(testsDrifted)}
          detail={t('reconciliation.tests.detail')}
        />
      )}
    </>
  );
}

/** Why Landfall did not know, counted over the listed findings. */
function Causes({ runId }: { readonly runId: string }) {
  const { rows, isLoading } = usePaged(findingList({ runId }));
  if (isLoading || rows.length === 0) return null;
  const counts = Map.groupBy(rows, ({ cause }) => cause ?? 'unknown');
  const causes = [...counts].toSorted(([, left], [, right]) => right.length - left.length);
  return (
    <Section title={t('reconciliation.causes')} about={t('reconciliation.causes.about')}>
      <Card>
        <ul className="bars">
          {causes.map(([cause, found]) => {
            const about = `reconciliation.cause.${cause}.about`;
            return (
              <li key={cause}>
                <div className="bar-head">
                  <strong>{wordFor('reconciliation.cause', cause)}</strong>
                  <span>{t('reconciliation.causes.share', { count: found.length })}</span>
                </div>
                <progress max={rows.length} value={found.length} aria-hidden="true" />
                {hasWord(about) && <p className="muted">{t(about)}</p>}
              </li>
            );
          })}
        </ul>
      </Card>
    </Section>
  );
}

const states = ['healed', 'open', 'parked', 'unhealed', 'reported'] as const;
const kinds = [
  'drift',
  'unknown',
  'unlisted',
  'contradiction',
  'found-again',
  'unreadable',
  'foreign',
] as const;

const tones = {
  healed: 'good',
  open: 'notice',
  parked: 'bad',
  unhealed: 'bad',
  reported: 'quiet',
} as const;

function Findings({ runId }: { readonly runId: string }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const pages = usePaged(findingList({ runId, ...search }));
  return (
    <Section title={t('reconciliation.findings')} about={t('reconciliation.findings.about')}>
      <DataTable
        name="findings"
        label={t('reconciliation.findings')}
        columns={columns()}
        pages={pages}
        rowKey={({ subscriptionId, kind, detail }) => `${subscriptionId} ${kind} ${detail}`}
        toolbar={
          <Filters
            value={search}
            onChange={(next) => void navigate({ search: next, replace: true })}
            fields={[
              {
                kind: 'choice',
                key: 'state',
                label: t('reconciliation.finding.state'),
                options: states.map((value) => ({
                  value,
                  label: t(`reconciliation.finding.state.${value}`),
                  detail: t(`reconciliation.finding.state.${value}.hint`),
                })),
              },
              {
                kind: 'choice',
                key: 'kind',
                label: t('reconciliation.kind'),
                options: kinds.map((value) => ({
                  value,
                  label: t(`reconciliation.kind.${value}`),
                })),
              },
            ]}
          />
        }
        empty={
          <EmptyState
            icon="check"
            title={t('reconciliation.findings.empty.title')}
            text={t('reconciliation.findings.empty.text')}
          />
        }
      />
    </Section>
  );
}

function columns(): readonly Column<Finding>[] {
  return [
    {
      id: 'kind',
      header: t('reconciliation.kind'),
      width: 2,
      cell: ({ kind }) => wordFor('reconciliation.kind', kind),
      csv: ({ kind }) => kind,
    },
    {
      id: 'subscription',
      header: t('reconciliation.subscription'),
      width: 1.6,
      cell: ({ subscriptionId }) =>
        subscriptionId === '' ? null : <SubscriptionLink id={subscriptionId} />,
      csv: ({ subscriptionId }) => subscriptionId,
    },
    {
      id: 'detail',
      header: t('reconciliation.detail'),
      width: 2.6,
      cell: ({ detail }) => detail,
      csv: ({ detail }) => detail,
    },
    {
      id: 'cause',
      header: t('reconciliation.cause'),
      width: 1.8,
      cell: ({ cause }) => cause !== undefined && wordFor('reconciliation.cause', cause),
      csv: ({ cause }) => cause ?? '',
    },
    {
      id: 'state',
      header: t('reconciliation.finding.state'),
      width: 1.6,
      cell: ({ state }) => (
        <span data-hint={t(`reconciliation.finding.state.${state}.hint`)}>
          <Status tone={tones[state]}>{t(`reconciliation.finding.state.${state}`)}</Status>
        </span>
      ),
      csv: ({ state }) => state,
    },
  ];
}

function Coverage({ run }: { readonly run: Run }) {
  const { coverage, startedAt } = run;
  if (!coverage) return null;
  const { isListComplete, localOnly, askedOperations, resumed, begunAnew } = coverage;
  return (
    <Section title={t('reconciliation.coverage')} about={t('reconciliation.coverage.about')}>
      <Card>
        <Facts
          items={[
            [
              t('reconciliation.coverage.complete'),
              t(
                isListComplete
                  ? 'reconciliation.coverage.complete.yes'
                  : 'reconciliation.coverage.complete.no',
              ),
            ],
            [t('reconciliation.coverage.pages'), number(coverage.pages)],
            [t('reconciliation.coverage.localOnly'), number(localOnly)],
            [t('reconciliation.coverage.asked'), number(askedOperations)],
            [t('reconciliation.coverage.resumed'), number(resumed)],
            [t('reconciliation.coverage.begunAnew'), number(begunAnew)],
            [t('reconciliation.started'), <Time key="started" at={startedAt} />],
            [t('reconciliation.duration'), durationOf(run)],
          ]}
        />
      </Card>
    </Section>
  );
}
