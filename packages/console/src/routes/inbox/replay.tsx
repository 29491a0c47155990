import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { SelectField, TextField } from '../../parts/fields.tsx';
import { Id } from '../../parts/id.tsx';
import { TimeField, utcOf } from '../../parts/time-field.tsx';
import { t } from '../../words/words.ts';
import { actionWords } from './reasons.ts';

/** One call replays at most this many, so that it stays one short transaction. */
const MAX_REPLAY = 1_000;
/** The dry run names more; the first ones show whether the filter is right. */
const SHOWN = 5;

type Answer = Awaited<ReturnType<typeof api.notifications.replay.mutate>>;

interface DialogState {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function useReplay() {
  return useCommand(
    {
      run: api.notifications.replay.mutate,
      changes: ['notifications', 'operations', 'subscriptions'],
      done: ({ replayed }) => t('inbox.replay.done', { count: replayed }),
    },
    'shown',
  );
}

export function ReplayOneDialog({
  notificationId,
  ...dialog
}: DialogState & { readonly notificationId: string }) {
  return (
    <CommandDialog
      {...dialog}
      title={t('inbox.replay.title')}
      about={<p>{t('inbox.replay.about')}</p>}
      confirm={t('inbox.replay.confirm')}
      command={useReplay()}
      input={() => ({ notificationId, dryRun: false })}
      dryRun={{
        key: ['notifications.replay', notificationId],
        ask: (options) =>
          api.notifications.replay.mutate({ notificationId, dryRun: true }, options),
        show: (answer) => <Matched answer={answer} />,
      }}
    />
  );
}

interface Choice {
  readonly subscriptionId?: string | undefined;
  readonly action?: string | undefined;
}

/** After an outage: everything that arrived in some hours, or that one subscription got. */
export function ReplayManyDialog({ filter, ...dialog }: DialogState & { readonly filter: Choice }) {
  return dialog.isOpen ? <ReplayMany {...dialog} filter={filter} /> : null;
}

const actions = ['ChangePlan', 'ChangeQuantity', 'Suspend', 'Reinstate', 'Renew', 'Unsubscribe'];

function ReplayMany({ filter, ...dialog }: DialogState & { readonly filter: Choice }) {
  const [subscriptionId, setSubscription] = useState(filter.subscriptionId ?? '');
  const [action, setAction] = useState(filter.action ?? '');
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const chosen = {
    ...(subscriptionId.trim() === '' ? {} : { subscriptionId: subscriptionId.trim() }),
    ...(action === '' ? {} : { action }),
    ...utcOf('since', since),
    ...utcOf('until', until),
  };
  const isChosen = Object.keys(chosen).length > 0;
  return (
    <CommandDialog
      {...dialog}
      title={t('inbox.replay.many.title')}
      about={<p>{t('inbox.replay.many.about')}</p>}
      confirm={t('inbox.replay.confirm')}
      command={useReplay()}
      input={() => (isChosen ? { ...chosen, dryRun: false } : undefined)}
      dryRun={
        isChosen
          ? {
              key: ['notifications.replay', chosen],
              ask: (options) =>
                api.notifications.replay.mutate({ ...chosen, dryRun: true }, options),
              show: (answer) => <Matched answer={answer} />,
            }
          : undefined
      }
    >
      {!isChosen && <p className="muted">{t('inbox.replay.choose')}</p>}
      <TextField
        label={t('inbox.filter.search')}
        value={subscriptionId}
        onChange={setSubscription}
        isMono
      />
      <SelectField
        label={t('inbox.action')}
        value={action === '' ? 'any' : action}
        onChange={(value) => setAction(value === 'any' ? '' : value)}
        options={[
          { value: 'any', label: t('parts.filter.any') },
          ...actions.map((value) => ({ value, label: actionWords(value) })),
        ]}
      />
      <div className="field-pair">
        <TimeField label={t('inbox.replay.from')} value={since} onChange={setSince} />
        <TimeField label={t('inbox.replay.until')} value={until} onChange={setUntil} />
      </div>
    </CommandDialog>
  );
}

function Matched({ answer: { matched, items = [] } }: { readonly answer: Answer }) {
  return (
    <>
      <p>{t('inbox.replay.matched', { count: matched })}</p>
      {matched > MAX_REPLAY && <p>{t('inbox.replay.matched.more', { limit: MAX_REPLAY })}</p>}
      <ul className="plain-list">
        {items.slice(0, SHOWN).map((item) => (
          <li key={item.notificationId}>
            <span>{actionWords(item.action)}</span>
            <Id value={item.subscriptionId} />
          </li>
        ))}
      </ul>
    </>
  );
}
