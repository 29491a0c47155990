import { useState } from 'react';
import { api } from '../../api/client.ts';
import { recurringList, runsOf, type RecurringCharge } from '../../api/catalogue.ts';
import { useCommand } from '../../api/command.ts';
import { usePaged } from '../../api/paged.ts';
import { useRefusal } from '../../app/session.ts';
import { Status } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { CommandDialog, Dialog } from '../../parts/dialogs.tsx';
import { SelectField, TextField } from '../../parts/fields.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Time } from '../../parts/time.tsx';
import { TimeField, utcOf } from '../../parts/time-field.tsx';
import { t } from '../../words/words.ts';
import { quantity } from '../usage/quantity.ts';

const schedules = ['hour', 'day', 'week', 'month', 'year', 'term', 'once'] as const;
type Schedule = (typeof schedules)[number];

/** Fixed quantities that Landfall reports by schedule. */
export function Recurring() {
  const pages = usePaged(recurringList());
  const [isAdding, setAdding] = useState(false);
  const [shown, setShown] = useState<RecurringCharge>();
  const [ending, setEnding] = useState<RecurringCharge>();
  const refusal = useRefusal('usage:write');
  const add = (
    <Button icon="plus" onPress={() => setAdding(true)} refusal={refusal}>
      {t('catalogue.recurring.new')}
    </Button>
  );
  return (
    <>
      <DataTable
        name="recurring"
        label={t('catalogue.recurring')}
        columns={columns()}
        pages={pages}
        rowKey={({ id }) => id}
        rowActions={(row) => (
          <RowMenu
            name={row.label}
            refusal={refusal}
            entries={[
              {
                id: 'runs',
                label: t('catalogue.runs'),
                icon: 'clock',
                isRead: true,
                run: () => setShown(row),
              },
              {
                id: 'end',
                label: t('catalogue.recurring.end'),
                icon: 'close',
                isDanger: true,
                run: () => setEnding(row),
              },
            ]}
          />
        )}
        toolbar={pages.rows.length > 0 ? add : undefined}
        empty={
          <EmptyState
            icon="clock"
            title={t('catalogue.recurring.empty.title')}
            text={t('catalogue.recurring.empty.text')}
          >
            {add}
          </EmptyState>
        }
      />
      {isAdding && <PutDialog onClose={() => setAdding(false)} />}
      {shown && (
        <Dialog
          title={t('catalogue.runs.title', { label: shown.label })}
          isOpen
          isWide
          onClose={() => setShown(undefined)}
        >
          <Runs id={shown.id} />
        </Dialog>
      )}
      {ending && <EndDialog charge={ending} onClose={() => setEnding(undefined)} />}
    </>
  );
}

const outcomeTones = { taken: 'good', missed: 'bad', refused: 'bad', skipped: 'quiet' } as const;

function Runs({ id }: { readonly id: string }) {
  const pages = usePaged(runsOf(id));
  if (pages.error !== undefined) return <ErrorState error={pages.error} onRetry={pages.retry} />;
  if (pages.isLoading) return <Skeleton lines={4} />;
  return (
    <div className="dialog-content">
      {pages.rows.length === 0 && <p className="muted">{t('catalogue.runs.none')}</p>}
      <ul className="plain-list">
        {pages.rows.map((run) => (
          <li key={`${run.subscriptionId} ${run.dueAt}`}>
            <span className="row">
              <Status tone={outcomeTones[run.outcome]}>{t(`catalogue.run.${run.outcome}`)}</Status>
              <SubscriptionLink id={run.subscriptionId} />
              {run.reason !== undefined && <span>{run.reason}</span>}
            </span>
            <Time at={run.dueAt} />
          </li>
        ))}
      </ul>
      {pages.hasMore && (
        <Button isSmall look="quiet" onPress={pages.loadMore}>
          {t('parts.loadMore')}
        </Button>
      )}
    </div>
  );
}

function PutDialog({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState({
    label: '',
    subscriptionId: '',
    offerId: '',
    planId: '',
    dimension: '',
    quantity: '',
    until: '',
  });
  const [every, setEvery] = useState<Schedule>('month');
  const put = useCommand(
    {
      run: api.recurring.put.mutate,
      changes: ['recurring', 'usage'],
      done: ({ warnings }) => [t('catalogue.recurring.saved'), ...warnings].join(' '),
    },
    'shown',
  );
  const field = (key: keyof typeof draft) => ({
    value: draft[key],
    onChange: (value: string) => setDraft({ ...draft, [key]: value }),
  });
  const { label, subscriptionId, offerId, planId, dimension, until } = draft;
  const isFor = subscriptionId !== '' || (offerId !== '' && planId !== '');
  const isWhole = isFor && [label, dimension, draft.quantity].every((text) => text !== '');
  return (
    <CommandDialog
      title={t('catalogue.recurring.new')}
      about={<p>{t('catalogue.recurring.about')}</p>}
      confirm={t('parts.save')}
      isOpen
      onClose={onClose}
      command={put}
      input={() =>
        isWhole
          ? {
              label,
              dimension,
              quantity: draft.quantity,
              every,
              ...(subscriptionId === '' ? { offerId, planId } : { subscriptionId }),
              ...utcOf('until', until),
            }
          : undefined
      }
    >
      <TextField
        label={t('catalogue.label')}
        hint={t('catalogue.label.hint')}
        {...field('label')}
        autoFocus
      />
      <div className="field-pair">
        <TextField label={t('catalogue.dimension')} {...field('dimension')} isMono />
        <TextField label={t('catalogue.quantity')} {...field('quantity')} />
      </div>
      <div className="field-pair">
        <SelectField
          label={t('catalogue.every')}
          value={every}
          onChange={(value) => setEvery(value as Schedule)}
          options={schedules.map((value) => ({ value, label: t(`catalogue.every.${value}`) }))}
        />
        <TimeField label={t('catalogue.until')} {...field('until')} />
      </div>
      <fieldset className="field-group">
        <legend>{t('catalogue.recurring.for')}</legend>
        <TextField label={t('catalogue.subscription')} {...field('subscriptionId')} isMono />
        <p className="muted">{t('catalogue.recurring.orPlan')}</p>
        <div className="field-pair">
          <TextField label={t('catalogue.offer')} {...field('offerId')} isMono />
          <TextField label={t('catalogue.plan')} {...field('planId')} isMono />
        </div>
      </fieldset>
    </CommandDialog>
  );
}

function EndDialog({
  charge,
  onClose,
}: {
  readonly charge: RecurringCharge;
  readonly onClose: () => void;
}) {
  const end = useCommand(
    {
      run: api.recurring.remove.mutate,
      changes: ['recurring'],
      done: () => t('catalogue.recurring.ended'),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('catalogue.recurring.end')}
      about={<p>{t('catalogue.recurring.end.about', { label: charge.label })}</p>}
      confirm={t('catalogue.recurring.end')}
      isOpen
      onClose={onClose}
      command={end}
      isDanger
      input={() => ({ id: charge.id, dryRun: false })}
    />
  );
}

function columns(): readonly Column<RecurringCharge>[] {
  return [
    {
      id: 'label',
      header: t('catalogue.label'),
      width: 1.6,
      cell: ({ label }) => label,
      csv: ({ label }) => label,
    },
    {
      id: 'quantity',
      header: t('catalogue.quantity'),
      width: 1.8,
      cell: ({ quantity: units, dimension, every }) => (
        <div className="two-lines">
          <span>
            {quantity(units)} {dimension}
          </span>
          <small>{t(`catalogue.every.${every}`)}</small>
        </div>
      ),
      csv: ({ quantity: units, dimension, every }) => `${units} ${dimension} ${every}`,
    },
    {
      id: 'for',
      header: t('catalogue.recurring.for'),
      width: 1.8,
      cell: ({ subscriptionId, offerId, planId }) =>
        subscriptionId === undefined ? (
          <code>
            {offerId} / {planId}
          </code>
        ) : (
          <SubscriptionLink id={subscriptionId} />
        ),
      csv: ({ subscriptionId, offerId, planId }) => subscriptionId ?? `${offerId}/${planId}`,
    },
    {
      id: 'next',
      header: t('catalogue.next'),
      width: 1.3,
      cell: ({ nextAt, every }) =>
        nextAt === undefined ? (
          t(every === 'term' ? 'catalogue.next.term' : 'catalogue.next.ended')
        ) : (
          <Time at={nextAt} />
        ),
      csv: ({ nextAt }) => nextAt ?? '',
    },
    {
      id: 'until',
      header: t('catalogue.until'),
      isHidden: true,
      cell: ({ until }) => until !== undefined && <Time at={until} />,
      csv: ({ until }) => until ?? '',
    },
  ];
}
