import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { parkedTasksOf } from '../../api/operations.ts';
import { lastDeliveryOf } from '../../api/subscriptions.ts';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { CHANGED, Consequences, type DialogProps } from './dialog-parts.tsx';

export function ApproveDialog({ subscription: { id, planId, name }, onClose }: DialogProps) {
  const approve = useCommand(
    {
      run: api.subscriptions.approve.mutate,
      changes: CHANGED,
      done: () => t('subscriptions.approve.done'),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('subscriptions.approve')}
      about={<p>{t('subscriptions.approve.about', { name, plan: planId })}</p>}
      confirm={t('subscriptions.approve')}
      isOpen
      onClose={onClose}
      command={approve}
      reason="optional"
      input={(reason) => ({ subscriptionId: id, ...(reason !== '' && { reason }) })}
    />
  );
}

/** As the API has it. */
const MAX_MESSAGE = 1_000;

export function DeclineDialog({ subscription: { id, name, planId }, onClose }: DialogProps) {
  const [message, setMessage] = useState('');
  const decline = useCommand(
    {
      run: api.subscriptions.decline.mutate,
      changes: CHANGED,
      done: () => t('subscriptions.decline.done'),
    },
    'shown',
  );
  const messageToBuyer = message.trim() === '' ? {} : { messageToBuyer: message.trim() };
  return (
    <CommandDialog
      title={t('subscriptions.decline')}
      about={<p>{t('subscriptions.decline.about', { name, plan: planId })}</p>}
      confirm={t('subscriptions.decline')}
      isDanger
      isOpen
      onClose={onClose}
      command={decline}
      reason="required"
      dryRun={{
        key: ['subscriptions.decline', id],
        ask: (options) =>
          api.subscriptions.decline.mutate(
            // A preview is not carried out, so its reason is not recorded.
            { subscriptionId: id, reason: 'preview', dryRun: true },
            options,
          ),
        show: ({ consequences = [] }) => <Consequences items={consequences} />,
      }}
      input={(reason) => ({ subscriptionId: id, reason, ...messageToBuyer })}
    >
      <TextField
        label={t('subscriptions.decline.message')}
        hint={t('subscriptions.decline.message.hint')}
        value={message}
        onChange={setMessage}
        rows={3}
        maxLength={MAX_MESSAGE}
      />
    </CommandDialog>
  );
}

export function ActivateDialog({ subscription: { id, name, planId }, onClose }: DialogProps) {
  const activate = useCommand(
    {
      run: api.subscriptions.activate.mutate,
      changes: CHANGED,
      done: () => t('subscriptions.activate.done'),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('subscriptions.activate')}
      about={<p>{t('subscriptions.activate.about', { name, plan: planId })}</p>}
      confirm={t('subscriptions.activate')}
      isOpen
      onClose={onClose}
      command={activate}
      input={() => ({ subscriptionId: id })}
    />
  );
}

export function ProvisionedDialog({ subscription: { id, name }, onClose }: DialogProps) {
  const confirm = useCommand(
    {
      run: api.subscriptions.confirmProvisioned.mutate,
      changes: CHANGED,
      done: () => t('subscriptions.provisioned.done'),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('subscriptions.provisioned')}
      about={<p>{t('subscriptions.provisioned.about', { name })}</p>}
      confirm={t('subscriptions.provisioned')}
      isOpen
      onClose={onClose}
      command={confirm}
      input={() => ({ subscriptionId: id })}
    />
  );
}

export function ReplayDialog({ subscription: { id }, onClose }: DialogProps) {
  const parked = useQuery(parkedTasksOf(id));
  const replay = useCommand(
    {
      run: api.parkedTasks.replay.mutate,
      changes: CHANGED,
      done: ({ replayed }) => t('subscriptions.replay.done', { count: replayed }),
    },
    'shown',
  );
  const tasks = parked.data ?? [];
  return (
    <CommandDialog
      title={t('subscriptions.replay')}
      about={
        <>
          <p>{t('subscriptions.replay.about')}</p>
          <Consequences
            items={tasks.map(({ kind, reason }) =>
              t('subscriptions.replay.task', { kind: wordFor('subscriptions.task', kind), reason }),
            )}
          />
        </>
      }
      confirm={t('subscriptions.replay')}
      isOpen
      onClose={onClose}
      command={replay}
      input={() =>
        tasks.length === 0
          ? undefined
          : { taskIds: tasks.map(({ taskId }) => taskId), dryRun: false }
      }
    />
  );
}

export function ResendDialog({ subscription: { id }, onClose }: DialogProps) {
  const last = useQuery(lastDeliveryOf(id));
  const delivery = last.data ?? undefined;
  const resend = useCommand(
    {
      run: api.deliveries.resend.mutate,
      changes: CHANGED,
      done: () => t('subscriptions.resend.done'),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('subscriptions.resend')}
      about={<p>{t('subscriptions.resend.about')}</p>}
      confirm={t('subscriptions.resend')}
      isOpen
      onClose={onClose}
      command={resend}
      input={() => delivery && { deliveryId: delivery.id }}
    >
      <Loaded query={last} lines={1}>
        {(found) =>
          found ? (
            <p className="row">
              <code>{found.type}</code>
              <span>{wordFor('subscriptions.outcome', found.state)}</span>
              <Time at={found.createdAt} />
            </p>
          ) : (
            <p>{t('subscriptions.resend.none')}</p>
          )
        }
      </Loaded>
    </CommandDialog>
  );
}
