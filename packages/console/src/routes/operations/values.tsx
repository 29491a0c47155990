import type { ReactNode } from 'react';
import type { Operation } from '../../api/operations.ts';
import { Status, Tag } from '../../parts/badge.tsx';
import { hasWord, number, t } from '../../words/words.ts';

const tones = {
  open: 'notice',
  succeeded: 'good',
  failed: 'bad',
  refused: 'quiet',
  overruled: 'bad',
  unsettled: 'warn',
} as const;

/** The outcome in words; one that Microsoft or a newer version adds stands for itself. */
export function OutcomeStatus({ operation }: { readonly operation: Pick<Operation, 'outcome'> }) {
  const outcome = operation.outcome ?? 'open';
  const key = `operations.outcome.${outcome}`;
  const hint = `${key}.hint`;
  const tone = Object.hasOwn(tones, outcome) ? tones[outcome as keyof typeof tones] : 'quiet';
  return (
    <span data-hint={hasWord(hint) ? t(hint) : undefined}>
      <Status tone={tone}>{hasWord(key) ? t(key) : outcome}</Status>
    </span>
  );
}

export function DecisionStatus({
  decision,
}: {
  readonly decision: Operation['decision'] | undefined;
}) {
  if (decision === undefined) return <span className="muted">{t('operations.decision.none')}</span>;
  return (
    <Status tone={decision === 'accept' ? 'good' : 'warn'}>
      {t(`operations.decision.${decision}`)}
    </Status>
  );
}

/** The plan or the seats before and after. */
export function valuesOf({ from, to }: Pick<Operation, 'from' | 'to'>): ReactNode {
  if (!to) return undefined;
  if (to.planId !== undefined) return pair(t('operations.change.plan'), from?.planId, to.planId);
  if (to.quantity === undefined) return undefined;
  const before = from?.quantity === undefined ? undefined : number(from.quantity);
  return pair(t('operations.change.seats'), before, number(to.quantity));
}

function pair(name: string, from: string | undefined, to: string): ReactNode {
  return (
    <span>
      <span className="muted">{name}</span>{' '}
      {from === undefined ? to : t('operations.change.to', { from, to })}
    </span>
  );
}

/** Eight seconds: Microsoft's ten, less two for the network. */
export const DECISION_LIMIT_MS = 8_000;

/** Milliseconds from the notification to the decision. */
export function usedMs({ decidedAt, deadline }: Operation): number | undefined {
  if (decidedAt === undefined || deadline === undefined) return undefined;
  return Math.max(0, Date.parse(decidedAt) - (Date.parse(deadline) - DECISION_LIMIT_MS));
}

export function TimeUsed({ operation }: { readonly operation: Operation }) {
  const used = usedMs(operation);
  if (used === undefined) return null;
  const { isInTime } = operation;
  return (
    <span className="row">
      {t('operations.deadline.used', { ms: number(used), limit: number(DECISION_LIMIT_MS) })}
      {isInTime === false && (
        <span data-hint={t('operations.deadline.late.hint')}>
          <Tag tone="bad">{t('operations.deadline.late')}</Tag>
        </span>
      )}
    </span>
  );
}
