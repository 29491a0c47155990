import type { Run } from '../../api/reconciliation.ts';
import { Status, Tag } from '../../parts/badge.tsx';
import { number, t } from '../../words/words.ts';

const tones = { running: 'notice', completed: 'good', failed: 'bad' } as const;

export function RunStatus({ run }: { readonly run: Run }) {
  return (
    <span className="row">
      <Status tone={tones[run.state]}>{t(`reconciliation.state.${run.state}`)}</Status>
      {run.dryRun && (
        <span data-hint={t('reconciliation.dryRun.hint')}>
          <Tag>{t('reconciliation.dryRun')}</Tag>
        </span>
      )}
    </span>
  );
}

/** Undefined while it runs. */
export function durationOf({ startedAt, finishedAt }: Run): string | undefined {
  if (finishedAt === undefined) return undefined;
  const count = Math.max(1, Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000));
  return t('reconciliation.duration.seconds', { count });
}

/** Differences that are not corrected yet; none of a dry run, which corrects nothing. */
export function leftOf({ dryRun, drifted, healed }: Run): number {
  return dryRun ? 0 : Math.max(0, drifted - healed);
}

/** A number that is only worth a colour when it is not zero. */
export function Figure({
  value,
  isBad = false,
}: {
  readonly value: number;
  readonly isBad?: boolean;
}) {
  if (value === 0) return <span className="muted">0</span>;
  return <span className={isBad ? 'figure-bad' : undefined}>{number(value)}</span>;
}
