import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { Notification } from '../../api/notifications.ts';
import {
  latestEvents,
  operationsOf,
  parkedTasksOf,
  type ParkedTask,
} from '../../api/operations.ts';
import { useMay, useRefusal } from '../../app/session.ts';
import { Button } from '../../parts/button.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Facts, Section } from '../../parts/page.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { OutcomeStatus, valuesOf } from '../operations/values.tsx';
import { reasonWords } from './reasons.ts';

/** The operation, the timeline and parked work that came of a notification. */
export function WorkerPart({ notification }: { readonly notification: Notification }) {
  const { subscriptionId } = notification;
  return (
    <Section title={t('inbox.worker')}>
      {subscriptionId === undefined ? (
        <Card>
          <p className="muted">{t('inbox.worker.none.unreadable')}</p>
        </Card>
      ) : (
        <Work notification={notification} subscriptionId={subscriptionId} />
      )}
    </Section>
  );
}

function Work({
  notification: { operationId },
  subscriptionId,
}: {
  readonly notification: Notification;
  readonly subscriptionId: string;
}) {
  const may = useMay();
  const operations = useQuery(operationsOf(subscriptionId));
  const events = useQuery(latestEvents(subscriptionId));
  const parked = useQuery({ ...parkedTasksOf(subscriptionId), enabled: may('tasks:read') });
  const operation = operations.data?.find((one) => one.operationId === operationId);
  const effects = events.data?.filter((one) => one.operationId === operationId) ?? [];
  const isLoading = operations.isPending || events.isPending;
  return (
    <>
      {parked.data?.map((task) => (
        <ParkedNotice key={task.taskId} task={task} />
      ))}
      <Card>
        {operations.error ? (
          <ErrorState error={operations.error} onRetry={() => void operations.refetch()} />
        ) : isLoading ? (
          <Skeleton lines={4} />
        ) : !operation && effects.length === 0 ? (
          <p className="muted">{t('inbox.worker.none')}</p>
        ) : (
          <div className="stack">
            {operation && (
              <>
                <Facts
                  items={[
                    [
                      t('inbox.worker.outcome'),
                      <OutcomeStatus key="outcome" operation={operation} />,
                    ],
                    [t('inbox.worker.effect'), valuesOf(operation)],
                    [
                      t('inbox.worker.decision'),
                      operation.decision === undefined
                        ? undefined
                        : [
                            wordFor('operations.decision', operation.decision),
                            operation.reason && reasonWords(operation.reason),
                          ]
                            .filter(Boolean)
                            .join(' · '),
                    ],
                  ]}
                />
                <div className="row">
                  <Link
                    to="/operations"
                    search={{ subscriptionId, operation: operation.operationId }}
                    className="button button-plain button-small"
                  >
                    {t('inbox.worker.openOperation')}
                  </Link>
                </div>
              </>
            )}
            <ul className="plain-list" aria-label={t('inbox.worker.event')}>
              {effects.map((event) => (
                <li key={event.sequence}>
                  <span>{wordFor('operations.event', event.kind)}</span>
                  <Time at={event.at} />
                </li>
              ))}
            </ul>
          </div>
        )}
      </Card>
    </>
  );
}

function ParkedNotice({ task }: { readonly task: ParkedTask }) {
  const { taskId, kind, attempts, reason } = task;
  const [isAsking, setAsking] = useState(false);
  const refusal = useRefusal('tasks:write');
  const replay = useCommand(
    {
      run: api.parkedTasks.replay.mutate,
      changes: ['parkedTasks', 'operations', 'subscriptions'],
      done: ({ replayed }) => t('inbox.worker.parked.done', { count: replayed }),
    },
    'shown',
  );
  return (
    <Notice
      tone="bad"
      title={t('inbox.worker.parked')}
      actions={
        <Button isSmall onPress={() => setAsking(true)} refusal={refusal}>
          {t('inbox.worker.parked.run')}
        </Button>
      }
    >
      <p>{t('inbox.worker.parked.text', { kind, attempts, reason })}</p>
      <CommandDialog
        title={t('inbox.worker.parked.run')}
        about={<p>{t('inbox.worker.parked.text', { kind, attempts, reason })}</p>}
        confirm={t('inbox.worker.parked.run')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        command={replay}
        input={() => ({ taskIds: [taskId], dryRun: false })}
      />
    </Notice>
  );
}
