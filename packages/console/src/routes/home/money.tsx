import { useQuery } from '@tanstack/react-query';
import { usageProgress } from '../../api/overview.ts';
import { Stat } from '../../parts/stat.tsx';
import { useNow } from '../../parts/time.tsx';
import { number, shortAgo, t } from '../../words/words.ts';
import { Question } from './question.tsx';

/** Usage is sent within two hours. After half of Microsoft's 24 hours something hinders it. */
const TIGHT_MS = 12 * 60 * 60 * 1000;

/** Is money flowing? */
export function Money() {
  const { data } = useQuery(usageProgress());
  const now = useNow();
  const sum = (of: 'accepted' | 'pending' | 'lost') =>
    data && data.days.reduce((total, day) => total + day[of], 0);
  const accepted = sum('accepted');
  const lost = sum('lost') ?? 0;
  const deadline = data?.nextDeadlineAt;
  const leftMs = deadline === undefined ? undefined : Date.parse(deadline) - now.getTime();
  const isTight = leftMs !== undefined && leftMs < TIGHT_MS;
  const answer = !data
    ? ({ tone: 'quiet', text: t('parts.unknown') } as const)
    : lost > 0
      ? ({ tone: 'bad', text: t('home.money.lostSome', { count: lost }) } as const)
      : isTight
        ? ({ tone: 'bad', text: t('home.money.tight') } as const)
        : accepted === 0 && deadline === undefined
          ? ({ tone: 'quiet', text: t('home.money.none') } as const)
          : ({ tone: 'good', text: t('home.money.yes') } as const);
  const link = { to: '/usage' as '/' };
  return (
    <Question title={t('home.money')} tone={answer.tone} answer={answer.text}>
      <div className="stats">
        <Stat
          label={t('home.money.accepted')}
          value={accepted === undefined ? undefined : number(accepted)}
          detail={t('home.money.days')}
          trend={data?.days.map((day) => day.accepted)}
          link={link}
        />
        <Stat
          label={t('home.money.pending')}
          value={data && number(sum('pending') ?? 0)}
          detail={t('home.money.pending.detail')}
          trend={data?.days.map((day) => day.pending)}
          link={link}
        />
        <Stat
          label={t('home.money.lost')}
          value={data && number(lost)}
          tone={lost > 0 ? 'bad' : 'quiet'}
          detail={t('home.money.lost.detail')}
          trend={data?.days.map((day) => day.lost)}
          link={link}
        />
        <Stat
          label={t('home.money.next')}
          value={
            data && (deadline === undefined ? t('home.money.next.none') : shortAgo(deadline, now))
          }
          tone={isTight ? 'bad' : 'quiet'}
          detail={t('home.money.next.detail')}
          link={link}
        />
      </div>
    </Question>
  );
}
