import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { usePaged } from '../../api/paged.ts';
import { thresholdList, type Threshold } from '../../api/usage.ts';
import { useRefusal } from '../../app/session.ts';
import { Status } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { TextField } from '../../parts/fields.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { day, t } from '../../words/words.ts';
import { quantity } from './quantity.ts';

/** Limits on the units above the included quantity. */
export function Thresholds() {
  const pages = usePaged(thresholdList());
  const [isAdding, setAdding] = useState(false);
  const [ending, setEnding] = useState<Threshold>();
  const refusal = useRefusal('usage:write');
  const add = (
    <Button icon="plus" onPress={() => setAdding(true)} refusal={refusal}>
      {t('usage.threshold.new')}
    </Button>
  );
  return (
    <>
      <DataTable
        name="usage-thresholds"
        label={t('usage.thresholds')}
        columns={columns()}
        pages={pages}
        rowKey={({ subscriptionId, dimension }) => `${subscriptionId} ${dimension}`}
        rowActions={(row) => (
          <RowMenu
            name={row.dimension}
            refusal={refusal}
            entries={[
              {
                id: 'remove',
                label: t('usage.threshold.remove'),
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
            icon="gauge"
            title={t('usage.thresholds.empty.title')}
            text={t('usage.thresholds.empty.text')}
          >
            {add}
          </EmptyState>
        }
      />
      {isAdding && <PutDialog onClose={() => setAdding(false)} />}
      {ending && <RemoveDialog threshold={ending} onClose={() => setEnding(undefined)} />}
    </>
  );
}

function PutDialog({ onClose }: { readonly onClose: () => void }) {
  const [subscriptionId, setSubscription] = useState('');
  const [dimension, setDimension] = useState('');
  const [units, setUnits] = useState('');
  const put = useCommand(
    {
      run: api.thresholds.put.mutate,
      changes: ['thresholds'],
      done: ({ warnings }) => [t('usage.threshold.saved'), ...warnings].join(' '),
    },
    'shown',
  );
  const isWhole = subscriptionId !== '' && dimension !== '' && units !== '';
  return (
    <CommandDialog
      title={t('usage.threshold.new')}
      about={<p>{t('usage.threshold.about')}</p>}
      confirm={t('parts.save')}
      isOpen
      onClose={onClose}
      command={put}
      input={() => (isWhole ? { subscriptionId, dimension, units } : undefined)}
    >
      <TextField
        label={t('usage.filter.subscription')}
        value={subscriptionId}
        onChange={setSubscription}
        isRequired
        isMono
      />
      <div className="field-pair">
        <TextField
          label={t('usage.dimension')}
          value={dimension}
          onChange={setDimension}
          isRequired
          isMono
        />
        <TextField
          label={t('usage.threshold.units')}
          hint={t('usage.threshold.units.hint')}
          value={units}
          onChange={setUnits}
          isRequired
        />
      </div>
    </CommandDialog>
  );
}

function RemoveDialog({
  threshold,
  onClose,
}: {
  readonly threshold: Threshold;
  readonly onClose: () => void;
}) {
  const { subscriptionId, dimension, units } = threshold;
  const remove = useCommand(
    {
      run: api.thresholds.remove.mutate,
      changes: ['thresholds'],
      done: () => t('usage.threshold.removed'),
      undo: (_, __, options) =>
        api.thresholds.put.mutate({ subscriptionId, dimension, units }, options),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('usage.threshold.remove')}
      about={<p>{t('usage.threshold.remove.about', { units: quantity(units), dimension })}</p>}
      confirm={t('usage.threshold.remove')}
      isOpen
      onClose={onClose}
      command={remove}
      isDanger
      input={() => ({ subscriptionId, dimension, dryRun: false })}
    />
  );
}

function columns(): readonly Column<Threshold>[] {
  return [
    {
      id: 'dimension',
      header: t('usage.dimension'),
      width: 1.5,
      cell: ({ dimension }) => <code>{dimension}</code>,
      csv: ({ dimension }) => dimension,
    },
    {
      id: 'subscription',
      header: t('usage.subscription'),
      width: 1.5,
      cell: ({ subscriptionId }) => <SubscriptionLink id={subscriptionId} />,
      csv: ({ subscriptionId }) => subscriptionId,
    },
    {
      id: 'units',
      header: t('usage.threshold.units'),
      align: 'end',
      cell: ({ units }) => quantity(units),
      csv: ({ units }) => units,
    },
    {
      id: 'crossed',
      header: t('usage.state'),
      width: 2,
      cell: ({ crossedInTerm }) =>
        crossedInTerm === undefined ? (
          <Status tone="quiet">{t('usage.threshold.below')}</Status>
        ) : (
          <Status tone="warn">{t('usage.threshold.crossed', { term: day(crossedInTerm) })}</Status>
        ),
      csv: ({ crossedInTerm }) => crossedInTerm ?? '',
    },
  ];
}
