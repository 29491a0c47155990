import { useQuery } from '@tanstack/react-query';
import { recentRuns } from '../../api/overview.ts';
import { Stat } from '../../parts/stat.tsx';
import { useNow } from '../../parts/time.tsx';
import { number, shortAgo, t } from '../../words/words.ts';
import { Question } from './question.tsx';

/** Comparisons run every day; one that is missing for longer than this has not run. */
const LATE_MS = 36 * 60 * 60 * 1000;

/** Do our records agree with Microsoft's? */
export function Truth() {
  const { data } = useQuery(recentRuns());
  const now = useNow();
  const runs = data?.items.filter(({ state, dryRun }) => state === 'completed' && !dryRun) ?? [];
  const [last] = runs;
  const at = last?.finishedAt ?? last?.startedAt;
  const isLate = at !== undefined && now.getTime() - new Date(at).getTime() > LATE_MS;
  const unhealed = last ? last.drifted - last.healed + last.errors : 0;
  const hasFailed = data?.items.find(({ state }) => state !== 'running')?.state === 'failed';
  const answer = !data
    ? ({ tone: 'quiet', text: t('parts.unknown') } as const)
    : !last
      ? ({ tone: 'quiet', text: t('home.truth.never') } as const)
      : hasFailed
        ? ({ tone: 'bad', text: t('home.truth.failed') } as const)
        : unhealed > 0
          ? ({ tone: 'bad', text: t('home.truth.differ', { count: unhealed }) } as const)
          : isLate
            ? ({ tone: 'warn', text: t('home.truth.late') } as const)
            : ({ tone: 'good', text: t('home.truth.yes') } as const);
  const link = { to: '/reconciliation' as '/' };
  return (
    <Question title={t('home.truth')} tone={answer.tone} answer={answer.text}>
      <div className="stats">
        <Stat
          label={t('home.truth.drift')}
          value={last && number(last.drifted)}
          detail={t('home.truth.healed')}
          trend={runs.map(({ drifted }) => drifted).toReversed()}
          link={link}
        />
        <Stat
          label={t('home.truth.open')}
          value={last && number(unhealed)}
          tone={unhealed > 0 ? 'bad' : 'quiet'}
          detail={last && t('home.truth.open.none', { count: last.healed })}
          link={link}
        />
        <Stat
          label={t('home.truth.last')}
          value={at === undefined ? undefined : shortAgo(at, now)}
          detail={t('home.truth.daily')}
          tone={isLate ? 'warn' : 'quiet'}
          link={link}
        />
        <Stat
          label={t('home.truth.coverage')}
          value={last && number(last.listed)}
          detail={
            last?.coverage &&
            t(last.coverage.isListComplete ? 'home.truth.full' : 'home.truth.part')
          }
          trend={runs.map(({ listed }) => listed).toReversed()}
          link={link}
        />
      </div>
    </Question>
  );
}
