import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { plansOf } from '../../api/subscriptions.ts';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { SelectField, TextField } from '../../parts/fields.tsx';
import { Loaded } from '../../parts/states.tsx';
import { toast } from '../../parts/toasts.tsx';
import { number, t } from '../../words/words.ts';
import { CHANGED, Consequences, type DialogProps } from './dialog-parts.tsx';

/** Microsoft requires the customer's approval before a publisher changes a subscription. */
function ApprovedBy({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <TextField
      label={t('subscriptions.approvedBy')}
      hint={t('subscriptions.approvedBy.hint')}
      value={value}
      onChange={onChange}
      maxLength={200}
      isRequired
    />
  );
}

/** The request was stored, but something in it looks like a mistake. */
function sayWarnings({ warnings = [] }: { readonly warnings?: readonly string[] | undefined }) {
  for (const text of warnings) toast({ tone: 'bad', text });
}

export function PlanDialog({ subscription: { id, planId }, onClose }: DialogProps) {
  const [wanted, setWanted] = useState<string>();
  const [approvedBy, setApprovedBy] = useState('');
  const query = useQuery(plansOf(id));
  const change = useCommand(
    {
      run: api.subscriptions.changePlan.mutate,
      changes: CHANGED,
      done: () => t('subscriptions.change.done'),
    },
    'shown',
  );
  const chosen = query.data?.plans.find((plan) => plan.planId === wanted);
  return (
    <CommandDialog
      title={t('subscriptions.plan.change')}
      about={<p>{t('subscriptions.plan.about', { plan: planId })}</p>}
      confirm={t('subscriptions.plan.change')}
      isOpen
      onClose={onClose}
      command={change}
      onDone={sayWarnings}
      input={() =>
        wanted === undefined || approvedBy.trim() === ''
          ? undefined
          : { subscriptionId: id, planId: wanted, approvedBy: approvedBy.trim() }
      }
    >
      <Loaded query={query} lines={2}>
        {({ plans }) => (
          <SelectField
            label={t('subscriptions.plan.new')}
            value={wanted}
            onChange={setWanted}
            hint={
              chosen?.refusal && t('subscriptions.plan.refused', { reason: chosen.refusal.reason })
            }
            options={plans
              .filter((plan) => plan.planId !== planId)
              .map((plan) => ({
                value: plan.planId,
                label: plan.displayName,
                detail: plan.refusal
                  ? t('subscriptions.plan.refused', { reason: plan.refusal.reason })
                  : plan.planId,
              }))}
          />
        )}
      </Loaded>
      <ApprovedBy value={approvedBy} onChange={setApprovedBy} />
    </CommandDialog>
  );
}

export function SeatsDialog({ subscription: { id, planId, quantity }, onClose }: DialogProps) {
  const [text, setText] = useState(String(quantity ?? ''));
  const [approvedBy, setApprovedBy] = useState('');
  const { data } = useQuery(plansOf(id));
  const plan = data?.plans.find((one) => one.planId === planId);
  const change = useCommand(
    {
      run: api.subscriptions.changeQuantity.mutate,
      changes: CHANGED,
      done: () => t('subscriptions.change.done'),
    },
    'shown',
  );
  const wanted = /^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text) : undefined;
  const { minQuantity: min, maxQuantity: max } = plan ?? {};
  const isOutside =
    wanted !== undefined &&
    ((min !== undefined && wanted < min) || (max !== undefined && wanted > max));
  return (
    <CommandDialog
      title={t('subscriptions.seats.change')}
      about={<p>{t('subscriptions.seats.about', { seats: quantity ?? 0 })}</p>}
      confirm={t('subscriptions.seats.change')}
      isOpen
      onClose={onClose}
      command={change}
      onDone={sayWarnings}
      input={() =>
        wanted === undefined || wanted === quantity || isOutside || approvedBy.trim() === ''
          ? undefined
          : { subscriptionId: id, quantity: wanted, approvedBy: approvedBy.trim() }
      }
    >
      <TextField
        label={t('subscriptions.seats.new')}
        value={text}
        onChange={setText}
        type="number"
        hint={
          min !== undefined && max !== undefined
            ? t('subscriptions.seats.limits', { min: number(min), max: number(max) })
            : undefined
        }
        error={isOutside ? t('subscriptions.seats.outside') : undefined}
      />
      <ApprovedBy value={approvedBy} onChange={setApprovedBy} />
    </CommandDialog>
  );
}

export function CancelDialog({ subscription: { id, name }, onClose }: DialogProps) {
  const [approvedBy, setApprovedBy] = useState('');
  const cancel = useCommand(
    {
      run: api.subscriptions.cancel.mutate,
      changes: CHANGED,
      done: () => t('subscriptions.cancel.done'),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('subscriptions.cancel')}
      about={<p>{t('subscriptions.cancel.about', { name })}</p>}
      confirm={t('subscriptions.cancel')}
      isDanger
      confirmName={name || id}
      isOpen
      onClose={onClose}
      command={cancel}
      dryRun={{
        key: ['subscriptions.cancel', id],
        ask: (options) =>
          api.subscriptions.cancel.mutate(
            // A preview is not carried out, so its name is not recorded.
            { subscriptionId: id, approvedBy: 'preview', dryRun: true },
            options,
          ),
        show: ({ consequences = [] }) => <Consequences items={consequences} />,
      }}
      input={() =>
        approvedBy.trim() === '' ? undefined : { subscriptionId: id, approvedBy: approvedBy.trim() }
      }
    >
      <ApprovedBy value={approvedBy} onChange={setApprovedBy} />
    </CommandDialog>
  );
}
