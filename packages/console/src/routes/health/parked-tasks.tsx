import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { usePaged } from '../../api/paged.ts';
import { parkedTaskList, type ParkedTask } from '../../api/system.ts';
import { useRefusal } from '../../app/session.ts';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Id } from '../../parts/id.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { RepairDialog } from './repair-dialog.tsx';

interface Open {
  readonly what: 'replay' | 'discard';
  readonly task: ParkedTask;
}

/** Tasks that failed their last attempt. Nothing happens to them until a person decides. */
export function ParkedTasks() {
  const pages = usePaged(parkedTaskList());
  const [open, setOpen] = useState<Open>();
  const refusal = useRefusal('tasks:write');
  return (
    <>
      <DataTable
        name="parked-tasks"
        label={t('system.tasks')}
        columns={columns()}
        pages={pages}
        rowKey={({ taskId }) => String(taskId)}
        rowActions={(task) => (
          <RowMenu
            name={wordFor('system.task', task.kind)}
            refusal={refusal}
            entries={[
              {
                id: 'replay',
                label: t('system.replay'),
                icon: 'refresh',
                run: () => setOpen({ what: 'replay', task }),
              },
              {
                id: 'discard',
                label: t('system.discard'),
                icon: 'close',
                isDanger: true,
                run: () => setOpen({ what: 'discard', task }),
              },
            ]}
          />
        )}
        empty={
          <EmptyState
            icon="check"
            title={t('system.tasks.empty')}
            text={t('system.tasks.empty.text')}
          />
        }
      />
      {open?.what === 'replay' && <Replay of={open.task} onClose={() => setOpen(undefined)} />}
      {open?.what === 'discard' && <Discard of={open.task} onClose={() => setOpen(undefined)} />}
    </>
  );
}

interface OfTask {
  readonly of: ParkedTask;
  readonly onClose: () => void;
}

function Replay({ of: { taskId, kind }, onClose }: OfTask) {
  const replay = useCommand(
    {
      run: api.parkedTasks.replay.mutate,
      changes: ['parkedTasks', 'subscriptions', 'matters'],
      done: () => t('system.task.replayed'),
    },
    'shown',
  );
  const taskIds = [taskId];
  return (
    <RepairDialog
      what="replay"
      title={t('system.task.replay', { kind: wordFor('system.task', kind) })}
      about={t('system.task.replay.about')}
      command={replay}
      input={() => ({ taskIds, dryRun: false })}
      dryRun={{
        key: ['parkedTasks.replay', taskId],
        ask: (options) => api.parkedTasks.replay.mutate({ taskIds, dryRun: true }, options),
      }}
      onClose={onClose}
    />
  );
}

function Discard({ of: { taskId, kind }, onClose }: OfTask) {
  const discard = useCommand(
    {
      run: api.parkedTasks.discard.mutate,
      changes: ['parkedTasks', 'subscriptions', 'matters'],
      done: () => t('system.task.discarded'),
    },
    'shown',
  );
  const taskIds = [taskId];
  return (
    <RepairDialog
      what="discard"
      title={t('system.task.discard', { kind: wordFor('system.task', kind) })}
      about={t('system.task.discard.about')}
      command={discard}
      input={(because) => ({ taskIds, because, dryRun: false })}
      dryRun={{
        key: ['parkedTasks.discard', taskId],
        ask: (options) =>
          api.parkedTasks.discard.mutate({ taskIds, because: '-', dryRun: true }, options),
      }}
      onClose={onClose}
    />
  );
}

function columns(): readonly Column<ParkedTask>[] {
  return [
    {
      id: 'kind',
      header: t('system.task.kind'),
      width: 2,
      cell: ({ kind }) => wordFor('system.task', kind),
      csv: ({ kind }) => kind,
    },
    {
      id: 'reason',
      header: t('system.reason'),
      width: 2,
      cell: ({ reason }) => <code>{reason}</code>,
      csv: ({ reason }) => reason,
    },
    {
      id: 'attempts',
      header: t('system.attempts'),
      align: 'end',
      cell: ({ attempts }) => String(attempts),
      csv: ({ attempts }) => String(attempts),
    },
    {
      id: 'subscription',
      header: t('system.subscription'),
      width: 1.5,
      cell: ({ subscriptionId }) => <SubscriptionLink id={subscriptionId} />,
      csv: ({ subscriptionId }) => subscriptionId,
    },
    {
      id: 'parked',
      header: t('system.parked'),
      width: 1.4,
      cell: ({ parkedAt }) => <Time at={parkedAt} />,
      csv: ({ parkedAt }) => parkedAt,
    },
    {
      id: 'correlation',
      header: t('parts.error.correlation'),
      isHidden: true,
      cell: ({ correlationId }) => <Id value={correlationId} />,
      csv: ({ correlationId }) => correlationId,
    },
  ];
}
