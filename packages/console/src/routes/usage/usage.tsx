import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { usePaged } from '../../api/paged.ts';
import { incidentList, progress, type UsageProgress } from '../../api/usage.ts';
import { ButtonLink } from '../../parts/button.tsx';
import { Chart } from '../../parts/chart.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Stat } from '../../parts/stat.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useNow } from '../../parts/time.tsx';
import { ago, number, t } from '../../words/words.ts';
import { HourDrawer } from './hour-drawer.tsx';
import { Hours } from './hours.tsx';
import { Incidents } from './incidents.tsx';
import { NotBilled, useTrouble } from './not-billed.tsx';
import { Refusals } from './refusals.tsx';
import { TermUsage } from './term-usage.tsx';
import { Thresholds } from './thresholds.tsx';
import './usage.css';

const route = getRouteApi('/usage');

export function UsagePage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const trouble = useTrouble();
  const incidents = usePaged(incidentList({ isSettled: false }));
  const { tab = 'hours', subscriptionId, hour } = search;
  return (
    <Page
      title={t('usage.title')}
      about={t('usage.about')}
      actions={
        <>
          <ButtonLink icon="receipt" to="/usage/statements">
            {t('usage.statements.title')}
          </ButtonLink>
          <ButtonLink icon="book" to="/catalogue">
            {t('usage.catalogue')}
          </ButtonLink>
        </>
      }
    >
      <NotBilled hours={trouble} />
      {subscriptionId === undefined ? <Progress /> : <TermUsage subscriptionId={subscriptionId} />}
      <Tabs
        label={t('usage.title')}
        value={tab}
        onChange={(next) =>
          void navigate({
            search: { subscriptionId, tab: next === 'hours' ? undefined : next },
            replace: true,
          })
        }
        tabs={[
          { key: 'hours', label: t('usage.hours'), content: <Hours /> },
          {
            key: 'incidents',
            label: t('usage.incidents'),
            count: incidents.rows.length || undefined,
            content: <Incidents />,
          },
          { key: 'refusals', label: t('usage.refusals'), content: <Refusals /> },
          { key: 'thresholds', label: t('usage.thresholds'), content: <Thresholds /> },
        ]}
      />
      <HourDrawer
        id={hour}
        onClose={() => void navigate({ search: { ...search, hour: undefined } })}
      />
    </Page>
  );
}

function Progress() {
  const query = useQuery(progress());
  return (
    <Card>
      <Loaded query={query} lines={8}>
        {(data) => <ProgressOf data={data} />}
      </Loaded>
    </Card>
  );
}

/** Landfall sends within two hours. After half of Microsoft's 24 hours something hinders it. */
const TIGHT_MS = 12 * 60 * 60 * 1000;

function ProgressOf({ data }: { readonly data: UsageProgress }) {
  const now = useNow();
  const { days, nextDeadlineAt } = data;
  const sum = (of: 'accepted' | 'pending' | 'lost') =>
    days.reduce((total, day) => total + day[of], 0);
  const lost = sum('lost');
  const isTight =
    nextDeadlineAt !== undefined && Date.parse(nextDeadlineAt) - now.getTime() < TIGHT_MS;
  return (
    <div className="stack">
      <div className="figures">
        <Stat
          label={t('usage.progress.accepted')}
          value={number(sum('accepted'))}
          detail={t('usage.progress.days')}
        />
        <Stat
          label={t('usage.progress.pending')}
          value={number(sum('pending'))}
          tone={isTight ? 'bad' : 'quiet'}
          detail={
            nextDeadlineAt === undefined
              ? t('usage.progress.none')
              : t('usage.progress.deadline', { when: ago(nextDeadlineAt, now) })
          }
        />
        <Stat
          label={t('usage.progress.lost')}
          value={number(lost)}
          tone={lost > 0 ? 'bad' : 'quiet'}
          detail={t('usage.progress.lost.detail')}
        />
      </div>
      {days.length > 0 && (
        <Chart
          label={t('usage.progress.chart')}
          kind="bars"
          height={160}
          times={days.map(({ day }) => `${day}T00:00:00.000Z`)}
          series={[
            { label: t('usage.progress.accepted'), values: days.map((day) => day.accepted) },
            { label: t('usage.progress.pending'), values: days.map((day) => day.pending) },
            { label: t('usage.progress.lost'), values: days.map((day) => day.lost) },
          ]}
        />
      )}
    </div>
  );
}
