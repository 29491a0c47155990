import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { problemOf } from '../api/errors.ts';
import { t } from '../words/words.ts';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Id } from './id.tsx';

/** Nothing is here yet: says what would be, and how to make one appear. */
export function EmptyState({
  icon,
  title,
  text,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly text: ReactNode;
  /** What to do: buttons or links. */
  readonly children?: ReactNode;
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={22} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {children !== undefined && <div className="empty-actions">{children}</div>}
    </div>
  );
}

/** What failed, what to do, and the id that finds it in the logs. */
export function ErrorState({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
}) {
  const { message, nextStep, rejection, correlationId, issues } = problemOf(error);
  const help = useQuery({
    queryKey: ['rejectionHelp'],
    queryFn: async () => (await import('@landfall/contracts/rejection-help')).rejectionHelp,
    enabled: rejection !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const step = nextStep ?? nextStepOf(help.data, rejection);
  return (
    <div className="problem" role="alert">
      <Icon name="warning" size={20} />
      <div className="problem-text">
        <strong>{t('parts.error.title')}</strong>
        <p>{message}</p>
        {step !== undefined && <p>{step}</p>}
        {issues.length > 1 && (
          <ul>
            {issues.map((issue) => (
              <li key={issue.path + issue.message}>{issue.message}</li>
            ))}
          </ul>
        )}
        {correlationId !== undefined && (
          <p className="problem-id">
            {t('parts.error.correlation')} <Id value={correlationId} />
          </p>
        )}
      </div>
      {onRetry && (
        <Button isSmall onPress={onRetry}>
          {t('parts.retry')}
        </Button>
      )}
    </div>
  );
}

function nextStepOf(
  help: Readonly<Record<string, { readonly nextStep: string }>> | undefined,
  rejection: string | undefined,
): string | undefined {
  return rejection === undefined ? undefined : help?.[rejection]?.nextStep;
}

/** Grey lines in the place of what is being loaded, so that nothing moves when it comes. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div className="skeleton" role="status" aria-label={t('parts.loading')}>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton-line" />
      ))}
    </div>
  );
}

/** For a query that a part of a page shows: its loading, its failure, and its data. */
export function Loaded<Data>({
  query,
  lines,
  children,
}: {
  readonly query: {
    readonly data: Data | undefined;
    readonly error: unknown;
    refetch(): unknown;
  };
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton {...(lines === undefined ? {} : { lines })} />;
}
