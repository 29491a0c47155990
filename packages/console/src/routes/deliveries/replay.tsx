import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { Destination } from '../../api/destinations.ts';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { TimeField, utcOf } from '../../parts/time-field.tsx';
import { t } from '../../words/words.ts';

/** One call sends at most this many, so that it stays one short transaction. */
const MAX_REPLAY = 1_000;
/** The dry run names more; the first ones show whether the choice is right. */
const SHOWN = 5;

/** Waiting and given-up deliveries of a destination, by the time of their events. */
export function ReplayDialog({
  destinationId: given,
  destinations,
  onClose,
}: {
  readonly destinationId: string | undefined;
  readonly destinations: readonly Pick<Destination, 'id' | 'label'>[];
  readonly onClose: () => void;
}) {
  const [destinationId, setDestination] = useState(given);
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const replay = useCommand(
    {
      run: api.deliveries.replay.mutate,
      changes: ['deliveries', 'destinations'],
      done: ({ replayed }) => t('deliveries.replay.done', { count: replayed }),
    },
    'shown',
  );
  const chosen =
    destinationId === undefined
      ? undefined
      : { destinationId, ...utcOf('since', since), ...utcOf('until', until) };
  return (
    <CommandDialog
      title={t('deliveries.replay.title')}
      about={<p>{t('deliveries.replay.about')}</p>}
      confirm={t('deliveries.replay.confirm')}
      isOpen
      onClose={onClose}
      command={replay}
      input={() => chosen && { ...chosen, dryRun: false }}
      dryRun={
        chosen && {
          key: ['deliveries.replay', chosen],
          ask: (options) => api.deliveries.replay.mutate({ ...chosen, dryRun: true }, options),
          show: ({ matched, items = [] }) => (
            <>
              <p>{t('deliveries.replay.matched', { count: matched })}</p>
              {matched > MAX_REPLAY && (
                <p>{t('deliveries.replay.matched.more', { limit: MAX_REPLAY })}</p>
              )}
              <ul className="plain-list">
                {items.slice(0, SHOWN).map(({ deliveryId, type, subscriptionId }) => (
                  <li key={deliveryId}>
                    <code>{type}</code>
                    <code className="muted">{subscriptionId?.slice(0, 8)}</code>
                  </li>
                ))}
              </ul>
            </>
          ),
        }
      }
    >
      {given === undefined && (
        <SelectField
          label={t('deliveries.destination')}
          options={destinations.map(({ id, label }) => ({ value: id, label }))}
          value={destinationId}
          onChange={setDestination}
          placeholder={t('deliveries.replay.choose')}
        />
      )}
      <div className="field-pair">
        <TimeField label={t('deliveries.replay.from')} value={since} onChange={setSince} />
        <TimeField label={t('deliveries.replay.until')} value={until} onChange={setUntil} />
      </div>
    </CommandDialog>
  );
}
