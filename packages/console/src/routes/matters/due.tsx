import { Time, useNow } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';

/** Until when something has to be done. What is overdue stands out. */
export function Due({ at }: { readonly at: string | undefined }) {
  const now = useNow();
  if (at === undefined) return <span className="muted">{t('matters.noDeadline')}</span>;
  const isOver = new Date(at) < now;
  return (
    <span className={isOver ? 'matter-over' : undefined}>
      {isOver && `${t('matters.overdue')} `}
      <Time at={at} />
    </span>
  );
}
