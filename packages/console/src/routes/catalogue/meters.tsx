import { useState } from 'react';
import { api } from '../../api/client.ts';
import { meterList, type Meter } from '../../api/catalogue.ts';
import { useCommand } from '../../api/command.ts';
import { usePaged } from '../../api/paged.ts';
import { useRefusal } from '../../app/session.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { TextField } from '../../parts/fields.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { quantity } from '../usage/quantity.ts';

/** Meters spread usage over several of Microsoft's dimensions. */
export function Meters() {
  const pages = usePaged(meterList());
  const [editing, setEditing] = useState<Meter | 'new'>();
  const [removing, setRemoving] = useState<Meter>();
  const refusal = useRefusal('dimensions:write');
  const add = (
    <Button icon="plus" onPress={() => setEditing('new')} refusal={refusal}>
      {t('catalogue.meter.new')}
    </Button>
  );
  return (
    <>
      <DataTable
        name="meters"
        label={t('catalogue.meters')}
        columns={columns()}
        pages={pages}
        rowKey={(row) => `${row.publisherId} ${row.offerId} ${row.planId} ${row.meter}`}
        rowActions={(row) => (
          <RowMenu
            name={row.meter}
            refusal={refusal}
            entries={[
              {
                id: 'edit',
                label: t('catalogue.edit'),
                icon: 'sliders',
                run: () => setEditing(row),
              },
              {
                id: 'remove',
                label: t('catalogue.remove'),
                icon: 'close',
                isDanger: true,
                run: () => setRemoving(row),
              },
            ]}
          />
        )}
        toolbar={pages.rows.length > 0 ? add : undefined}
        empty={
          <EmptyState
            icon="sliders"
            title={t('catalogue.meters.empty.title')}
            text={t('catalogue.meters.empty.text')}
          >
            {add}
          </EmptyState>
        }
      />
      {editing && (
        <PutDialog
          meter={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
      {removing && <RemoveDialog meter={removing} onClose={() => setRemoving(undefined)} />}
    </>
  );
}

interface Tier {
  /** Keeps the focus in its field while others are added and removed. */
  readonly key: number;
  readonly from: string;
  readonly dimension: string;
}

function PutDialog({
  meter,
  onClose,
}: {
  readonly meter: Meter | undefined;
  readonly onClose: () => void;
}) {
  const [offerId, setOffer] = useState(meter?.offerId ?? '');
  const [planId, setPlan] = useState(meter?.planId ?? '');
  const [name, setName] = useState(meter?.meter ?? '');
  const [tiers, setTiers] = useState<readonly Tier[]>(() =>
    (meter?.tiers ?? [{ from: '0', dimension: '' }]).map(({ from, dimension }, key) => ({
      key,
      from,
      dimension,
    })),
  );
  const put = useCommand(
    {
      run: api.meters.put.mutate,
      changes: ['meters', 'catalogue'],
      done: ({ warnings }) => [t('catalogue.meter.saved'), ...warnings].join(' '),
    },
    'shown',
  );
  const set = (index: number, change: Partial<Tier>) =>
    setTiers(tiers.map((tier, place) => (place === index ? { ...tier, ...change } : tier)));
  const isWhole =
    [offerId, planId, name].every((text) => text !== '') &&
    tiers.every(({ from, dimension }) => from !== '' && dimension !== '');
  const of = meter?.publisherId === undefined ? {} : { publisherId: meter.publisherId };
  return (
    <CommandDialog
      title={meter ? t('catalogue.meter.edit') : t('catalogue.meter.new')}
      about={<p>{t('catalogue.meter.about')}</p>}
      confirm={t('parts.save')}
      isOpen
      onClose={onClose}
      command={put}
      input={() =>
        isWhole
          ? {
              ...of,
              offerId,
              planId,
              meter: name,
              tiers: tiers.map(({ from, dimension }) => ({ from, dimension })),
            }
          : undefined
      }
    >
      <div className="field-pair">
        <TextField
          label={t('catalogue.offer')}
          value={offerId}
          onChange={setOffer}
          isDisabled={meter !== undefined}
          isMono
        />
        <TextField
          label={t('catalogue.plan')}
          value={planId}
          onChange={setPlan}
          isDisabled={meter !== undefined}
          isMono
        />
      </div>
      <TextField
        label={t('catalogue.meter')}
        hint={t('catalogue.meter.hint')}
        value={name}
        onChange={setName}
        isDisabled={meter !== undefined}
        isMono
      />
      <fieldset className="field-group">
        <legend>{t('catalogue.tiers')}</legend>
        {tiers.map((tier, index) => (
          <div key={tier.key} className="row row-end">
            <TextField
              label={t('catalogue.tier.from')}
              value={tier.from}
              onChange={(from) => set(index, { from })}
            />
            <TextField
              label={t('catalogue.dimension')}
              value={tier.dimension}
              onChange={(dimension) => set(index, { dimension })}
              isMono
            />
            <IconButton
              icon="close"
              label={t('catalogue.tier.remove')}
              isDisabled={tiers.length === 1}
              onPress={() => setTiers(tiers.filter((_, place) => place !== index))}
            />
          </div>
        ))}
        <Button
          isSmall
          icon="plus"
          onPress={() => setTiers([...tiers, { key: Date.now(), from: '', dimension: '' }])}
        >
          {t('catalogue.tier.add')}
        </Button>
      </fieldset>
    </CommandDialog>
  );
}

function RemoveDialog({ meter, onClose }: { readonly meter: Meter; readonly onClose: () => void }) {
  const { publisherId, offerId, planId, meter: name } = meter;
  const remove = useCommand(
    {
      run: api.meters.remove.mutate,
      changes: ['meters', 'catalogue'],
      done: () => t('catalogue.meter.removed'),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('catalogue.meter.remove')}
      about={<p>{t('catalogue.meter.remove.about', { meter: name })}</p>}
      confirm={t('catalogue.remove')}
      isOpen
      onClose={onClose}
      command={remove}
      isDanger
      confirmName={name}
      input={() => ({ publisherId, offerId, planId, meter: name, dryRun: false })}
    />
  );
}

function columns(): readonly Column<Meter>[] {
  return [
    {
      id: 'meter',
      header: t('catalogue.meter'),
      width: 1.4,
      cell: ({ meter }) => <code>{meter}</code>,
      csv: ({ meter }) => meter,
    },
    {
      id: 'plan',
      header: t('catalogue.plan'),
      width: 1.6,
      cell: ({ offerId, planId }) => (
        <code>
          {offerId} / {planId}
        </code>
      ),
      csv: ({ offerId, planId }) => `${offerId}/${planId}`,
    },
    {
      id: 'tiers',
      header: t('catalogue.tiers'),
      width: 3,
      cell: ({ tiers }) => (
        <ul className="plain-list">
          {tiers.map(({ from, dimension }) => (
            <li key={from}>{t('catalogue.tier', { from: quantity(from), dimension })}</li>
          ))}
        </ul>
      ),
      csv: ({ tiers }) => tiers.map(({ from, dimension }) => `${from}: ${dimension}`).join('; '),
    },
    {
      id: 'since',
      header: t('catalogue.since'),
      cell: ({ since }) => <Time at={since} />,
      csv: ({ since }) => since,
    },
  ];
}
