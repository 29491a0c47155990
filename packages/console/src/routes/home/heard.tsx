import { useQuery } from '@tanstack/react-query';
import { notificationSummary, webhookCounters } from '../../api/overview.ts';
import { useSession } from '../../app/session.ts';
import { Stat } from '../../parts/stat.tsx';
import { HARMLESS } from '../inbox/harmless.ts';
import { useNow } from '../../parts/time.tsx';
import { ago, number, shortAgo, t } from '../../words/words.ts';
import { Question } from './question.tsx';

/** A notification is handed over within a second. One that waits for minutes is stuck. */
const STUCK_MS = 5 * 60_000;

/** Do we hear what Microsoft says? */
export function Heard() {
  const { data } = useQuery(notificationSummary());
  const counters = useQuery({ ...webhookCounters(), retry: false });
  const { publishers } = useSession();
  const now = useNow();
  const refused = counters.data && sum(Object.values(counters.data.unauthenticated));
  const waitsMs = data?.waitingSince ? now.getTime() - Date.parse(data.waitingSince) : 0;
  const isStuck = waitsMs > STUCK_MS;
  const isTurnedAway = Object.keys(counters.data?.unauthenticated ?? {}).some(
    (reason) => !HARMLESS.has(reason),
  );
  const today = data?.days.at(-1);
  const answer = !data
    ? ({ tone: 'quiet', text: t('parts.unknown') } as const)
    : isStuck
      ? ({ tone: 'bad', text: t('home.heard.stuck') } as const)
      : isTurnedAway
        ? ({ tone: 'bad', text: t('home.heard.turnedAway') } as const)
        : data.lastReceivedAt === undefined
          ? ({ tone: 'quiet', text: t('home.heard.never') } as const)
          : ({ tone: 'good', text: t('home.heard.yes') } as const);
  const link = { to: '/inbox' as const };
  return (
    <Question title={t('home.heard')} tone={answer.tone} answer={answer.text}>
      <div className="stats">
        <Stat
          label={t('home.heard.last')}
          value={
            data &&
            (data.lastReceivedAt ? shortAgo(data.lastReceivedAt, now) : t('home.heard.none'))
          }
          link={link}
        />
        <Stat
          label={t('home.heard.count')}
          value={today && number(today.received)}
          detail={
            data &&
            t('home.heard.count.detail', { count: sum(data.days.map(({ received }) => received)) })
          }
          trend={data?.days.map(({ received }) => received)}
          link={link}
        />
        <Stat
          label={t('home.heard.waiting')}
          value={data && number(data.waiting)}
          tone={isStuck ? 'bad' : 'quiet'}
          detail={
            data &&
            (data.waitingSince
              ? t('home.heard.oldest', { ago: ago(data.waitingSince, now) })
              : t('home.heard.allTaken'))
          }
          link={link}
        />
        {(counters.data || publishers.length < 2) && (
          <Stat
            label={t('home.heard.refused')}
            value={refused === undefined ? undefined : number(refused)}
            tone={(refused ?? 0) > 0 ? 'warn' : 'quiet'}
            detail={t('home.heard.refused.detail')}
            link={{ to: '/inbox', search: { tab: 'callers' } }}
          />
        )}
      </div>
    </Question>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
