import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { matterCounts, nextMatters } from '../../api/overview.ts';
import { Icon } from '../../parts/icon.tsx';
import { IncidentLink } from '../../parts/incident-link.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { Time, useNow } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { Question } from './question.tsx';

type Matter = Awaited<
  ReturnType<NonNullable<ReturnType<typeof nextMatters>['queryFn']>>
>['items'][number];

const tones = { critical: 'bad', warning: 'warn', info: 'notice' } as const;

/** Is anything waiting for me? */
export function Waiting() {
  const counts = useQuery(matterCounts());
  const next = useQuery(nextMatters());
  const { data } = counts;
  const tone = !data
    ? 'quiet'
    : data.critical + data.overdue > 0
      ? 'bad'
      : data.open > 0
        ? 'warn'
        : 'good';
  const answer = !data
    ? t('parts.unknown')
    : data.open === 0
      ? t('home.waiting.no')
      : t('home.waiting.yes', { count: data.open, overdue: data.overdue });
  return (
    <Question title={t('home.waiting')} tone={tone} answer={answer} isWide>
      {next.data ? (
        next.data.items.length === 0 ? (
          <p className="question-calm">
            <Icon name="check" size={20} />
            {t('home.waiting.calm')}
          </p>
        ) : (
          <ul className="due">
            {next.data.items.map((matter) => (
              <MatterRow key={matter.id} matter={matter} />
            ))}
          </ul>
        )
      ) : next.error ? (
        <ErrorState error={next.error} onRetry={() => void next.refetch()} />
      ) : (
        <div className="question-pad">
          <Skeleton lines={3} />
        </div>
      )}
      {(data?.open ?? 0) > (next.data?.items.length ?? 0) && (
        <Link className="question-more" to="/matters">
          {t('home.waiting.all', { count: data?.open ?? 0 })}
        </Link>
      )}
    </Question>
  );
}

function MatterRow({ matter }: { readonly matter: Matter }) {
  const { id, title, nextStep, incidentPage, severity, dueAt, openedAt } = matter;
  const now = useNow();
  const isOverdue = dueAt !== undefined && new Date(dueAt) < now;
  return (
    <li>
      <Link to={`/matters/${id}` as '/'} className={`due-row tone-${tones[severity]}`}>
        <span className="status-dot" aria-hidden="true" />
        <span className="due-text">
          <strong>
            <span className="visually-hidden">{t(`parts.severity.${severity}`)}: </span>
            {title}
          </strong>
          <span className="due-next">{nextStep}</span>
        </span>
        <span className={isOverdue ? 'due-at due-over' : 'due-at'}>
          {dueAt === undefined ? (
            <>
              {t('home.waiting.since')} <Time at={openedAt} />
            </>
          ) : (
            <>
              {t(isOverdue ? 'home.waiting.wasDue' : 'home.waiting.due')} <Time at={dueAt} />
            </>
          )}
        </span>
        <Icon name="right" />
      </Link>
      {incidentPage !== undefined && (
        <IncidentLink page={incidentPage} about={title} className="due-page" />
      )}
    </li>
  );
}
