import { useState } from 'react';
import type { Key } from '../../api/access.ts';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { TextField } from '../../parts/fields.tsx';
import { useNow } from '../../parts/time.tsx';
import { ago, t } from '../../words/words.ts';
import { DaysField, DEFAULT_KEY_DAYS, isDays, type Created } from './create.tsx';

/** The API's own limit: a month. */
const MAX_OVERLAP_HOURS = 720;
const DEFAULT_OVERLAP_HOURS = 24;

export function RotateKey({
  of: { id: keyId, label },
  onClose,
  onCreated,
}: {
  readonly of: Key;
  readonly onClose: () => void;
  readonly onCreated: (created: Created) => void;
}) {
  const [overlap, setOverlap] = useState(String(DEFAULT_OVERLAP_HOURS));
  const [days, setDays] = useState(String(DEFAULT_KEY_DAYS));
  const rotate = useCommand({ run: api.keys.rotate.mutate, changes: ['keys'] }, 'shown');
  const overlapHours = Number(overlap);
  const isValid =
    overlap.trim() !== '' && overlapHours >= 0 && overlapHours <= MAX_OVERLAP_HOURS && isDays(days);
  return (
    <CommandDialog
      title={t('access.key.rotate.title', { label })}
      about={<p>{t('access.key.rotate.about')}</p>}
      confirm={t('access.key.rotate.confirm')}
      isOpen
      onClose={onClose}
      command={rotate}
      reason="optional"
      input={(reason) =>
        isValid
          ? {
              keyId,
              overlapHours,
              expiresInDays: Number(days),
              ...(reason === '' ? {} : { reason }),
            }
          : undefined
      }
      onDone={onCreated}
    >
      <div className="field-pair">
        <TextField
          label={t('access.key.overlap')}
          hint={t('access.key.overlap.hint', { max: MAX_OVERLAP_HOURS })}
          type="number"
          value={overlap}
          onChange={setOverlap}
        />
        <DaysField value={days} onChange={setDays} />
      </div>
    </CommandDialog>
  );
}

export function RevokeKey({
  of: { id: keyId, label, lastUsedAt },
  onClose,
}: {
  readonly of: Key;
  readonly onClose: () => void;
}) {
  const now = useNow();
  const revoke = useCommand(
    {
      run: api.keys.revoke.mutate,
      changes: ['keys'],
      done: () => t('access.key.revoked', { label }),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('access.key.revoke.title', { label })}
      about={
        <>
          <p>{t('access.key.revoke.about')}</p>
          <p>
            {lastUsedAt === undefined
              ? t('access.key.revoke.unused')
              : t('access.key.revoke.used', { when: ago(lastUsedAt, now) })}
          </p>
        </>
      }
      confirm={t('access.key.revoke')}
      isOpen
      onClose={onClose}
      command={revoke}
      isDanger
      confirmName={label}
      reason="optional"
      input={(reason) => ({ keyId, dryRun: false, ...(reason === '' ? {} : { reason }) })}
    />
  );
}
