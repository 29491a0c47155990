import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { parkedTasksOf } from '../../api/operations.ts';
import { usePaged } from '../../api/paged.ts';
import {
  activityOf,
  mattersOf,
  type Subscription,
  type SubscriptionMatter,
} from '../../api/subscriptions.ts';
import { useMay, useRefusal } from '../../app/session.ts';
import { Severity } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Notice } from '../../parts/notice.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { Time, useNow } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { titleOf } from './activity-words.ts';
import { useActions, type Action, type Ask } from './actions.tsx';
import { Reread } from './truths.tsx';
import { termWord, waitsFor } from './standing.tsx';

type AskFor = (what: Ask) => void;

/** What needs a person now, with the button that does it; otherwise what it waits for. */
export function Now({
  subscription,
  ask,
}: {
  readonly subscription: Subscription;
  readonly ask: AskFor;
}) {
  const may = useMay();
  const matters = useQuery({ ...mattersOf(subscription.id), enabled: may('matters:read') });
  if (matters.isLoading) return <Skeleton lines={2} />;
  if (matters.error) {
    return <ErrorState error={matters.error} onRetry={() => void matters.refetch()} />;
  }
  const open = matters.data ?? [];
  return (
    <div className="stack">
      {open.map((matter) => (
        <MatterNotice key={matter.id} matter={matter} subscription={subscription} ask={ask} />
      ))}
      {open.length === 0 && <Calm subscription={subscription} ask={ask} />}
      <Parked subscription={subscription} ask={ask} />
    </div>
  );
}

const tones = { critical: 'bad', warning: 'warn', info: 'notice' } as const;

/** What mends a matter, by its kind. Others say in their text where to go. */
const remedies: Readonly<Record<string, readonly Ask[]>> = {
  'activation-failed': ['activate'],
  'provisioning-failed': ['activate'],
  'not-configured': ['activate'],
  'approval-waiting': ['approve', 'decline'],
  'provisioning-waiting': ['provisioned', 'resend'],
  'task-parked': ['replay'],
  'delivery-dead': ['resend'],
};

/** Reading Microsoft's record shows whether these still are so. */
const REREAD: ReadonlySet<string> = new Set([
  'effect-missing',
  'drift-unhealed',
  'subscription-unknown',
  'status-unrecognised',
  'operation-unconfirmed',
  'operation-contradicted',
  'operation-without-target',
  'action-unknown',
]);

function MatterNotice({
  matter,
  subscription,
  ask,
}: {
  readonly matter: SubscriptionMatter;
  readonly subscription: Subscription;
  readonly ask: AskFor;
}) {
  const { id, kind, title, cause, effect, nextStep, severity, dueAt, subject } = matter;
  const actions = useActions(subscription, useMay());
  return (
    <Notice
      tone={tones[severity]}
      title={
        <span className="row">
          <Link to={`/matters/${id}` as '/'}>{title}</Link>
          <Severity level={severity} />
        </span>
      }
      actions={
        <>
          {(remedies[kind] ?? []).map((what) => (
            <ActionButton key={what} action={actions.find((one) => one.what === what)} ask={ask} />
          ))}
          {REREAD.has(kind) && <Reread subscriptionId={subscription.id} />}
          {subject.type === 'operation' && (
            <Link
              className="button button-plain button-small"
              to="/operations"
              search={{ subscriptionId: subscription.id, operation: subject.id }}
            >
              {t('subscriptions.openOperation')}
            </Link>
          )}
        </>
      }
    >
      <p>
        {cause} {effect}
      </p>
      <p>
        <strong>{t('subscriptions.now.next')}</strong> {nextStep}
      </p>
      {dueAt !== undefined && <Due at={dueAt} />}
    </Notice>
  );
}

function Due({ at }: { readonly at: string }) {
  const isOver = new Date(at) < useNow();
  return (
    <p className={isOver ? 'figure-bad' : undefined}>
      {t(isOver ? 'subscriptions.now.wasDue' : 'subscriptions.now.due')} <Time at={at} />
    </p>
  );
}

function ActionButton({
  action,
  ask,
}: {
  readonly action: Action | undefined;
  readonly ask: AskFor;
}) {
  if (!action) return null;
  const { what, label, icon, refusal } = action;
  return (
    <Button isSmall icon={icon} refusal={refusal} onPress={() => ask(what)}>
      {label}
    </Button>
  );
}

/** No matter is open. A purchase can still wait, and a newcomer wants to know for what. */
function Calm({
  subscription,
  ask,
}: {
  readonly subscription: Subscription;
  readonly ask: AskFor;
}) {
  const actions = useActions(subscription, useMay());
  const whom = waitsFor(subscription);
  const { activation, provisioning, deadlines = [], pendingChange, term } = subscription;
  const [deadline] = deadlines.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const due = deadline && (
    <p>
      {t(`subscriptions.deadline.${deadline.kind}`)} <Time at={deadline.at} />
    </p>
  );
  if (whom === undefined) {
    const key = subscription.status === 'Unsubscribed' ? 'ended' : 'calm';
    return (
      <Notice tone={key === 'ended' ? 'quiet' : 'good'} title={t(`subscriptions.now.${key}`)}>
        {due}
        {key === 'calm' && term.endDate !== undefined && (
          <p>
            {termWord(subscription)} <Time at={term.endDate} />
          </p>
        )}
      </Notice>
    );
  }
  const remedy = {
    publisher: ['approve', 'decline'],
    operator: ['activate'],
    product: ['provisioned', 'resend'],
    customer: ['activate'],
    microsoft: [],
  } as const satisfies Record<string, readonly Ask[]>;
  const failure = activation.failure ?? provisioning?.failure;
  const text: ReactNode =
    whom === 'microsoft' && pendingChange
      ? t('subscriptions.now.change', {
          change: t(`subscriptions.change.${pendingChange.kind}`),
        })
      : t(`subscriptions.waits.${whom}.hint`);
  return (
    <Notice
      tone={whom === 'operator' ? 'bad' : whom === 'customer' ? 'quiet' : 'notice'}
      title={t('subscriptions.now.waits', { whom: t(`subscriptions.waits.${whom}`) })}
      actions={remedy[whom].map((what) => (
        <ActionButton key={what} action={actions.find((one) => one.what === what)} ask={ask} />
      ))}
    >
      <p>{text}</p>
      {failure !== undefined && <p>{wordFor('subscriptions.failure', failure)}</p>}
      {due}
      <LastProblem subscriptionId={subscription.id} />
    </Notice>
  );
}

/** What went wrong last, while something is waiting: often the cause. */
function LastProblem({ subscriptionId }: { readonly subscriptionId: string }) {
  const { rows } = usePaged(activityOf(subscriptionId, {}));
  const problem = rows.find(({ isProblem, source }) => isProblem && source !== 'matter');
  if (!problem) return null;
  return (
    <p>
      {t('subscriptions.now.problem')}{' '}
      <Link
        to="/subscriptions/$subscriptionId"
        params={{ subscriptionId }}
        search={{ row: problem.id }}
        resetScroll={false}
      >
        {titleOf(problem)}
      </Link>{' '}
      <Time at={problem.at} />
    </p>
  );
}

/** Work that Landfall has stopped after repeated failures. */
function Parked({
  subscription,
  ask,
}: {
  readonly subscription: Subscription;
  readonly ask: AskFor;
}) {
  const may = useMay();
  const { data = [] } = useQuery({
    ...parkedTasksOf(subscription.id),
    enabled: may('tasks:read'),
  });
  const refusal = useRefusal('tasks:write');
  return data.map(({ taskId, kind, attempts, reason }) => (
    <Notice
      key={taskId}
      tone="bad"
      title={t('subscriptions.parked', { kind: wordFor('subscriptions.task', kind) })}
      actions={
        <Button isSmall icon="refresh" refusal={refusal} onPress={() => ask('replay')}>
          {t('subscriptions.replay')}
        </Button>
      }
    >
      <p>{t('subscriptions.parked.text', { attempts, reason })}</p>
    </Notice>
  ));
}
