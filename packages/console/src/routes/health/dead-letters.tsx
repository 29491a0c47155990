import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { Paged } from '../../api/paged.ts';
import type { DeadLetter } from '../../api/system.ts';
import { useRefusal } from '../../app/session.ts';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialogs.tsx';
import { Json } from '../../parts/json.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { RepairDialog } from './repair-dialog.tsx';

interface Open {
  readonly what: 'replay' | 'discard' | 'show';
  readonly letter: DeadLetter;
}

/** Messages that a consumer gave up on. */
export function DeadLetters({ pages }: { readonly pages: Paged<DeadLetter> }) {
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const refusal = useRefusal('tasks:write');
  return (
    <>
      <DataTable
        name="dead-letters"
        label={t('system.letters')}
        columns={columns()}
        pages={pages}
        rowKey={({ sequence }) => String(sequence)}
        rowActions={(letter) => (
          <RowMenu
            name={letter.subject}
            refusal={refusal}
            entries={[
              {
                id: 'show',
                label: t('system.letter.show'),
                icon: 'info',
                isRead: true,
                run: () => setOpen({ what: 'show', letter }),
              },
              {
                id: 'replay',
                label: t('system.replay'),
                icon: 'refresh',
                run: () => setOpen({ what: 'replay', letter }),
              },
              {
                id: 'discard',
                label: t('system.discard'),
                icon: 'close',
                isDanger: true,
                run: () => setOpen({ what: 'discard', letter }),
              },
            ]}
          />
        )}
        empty={
          <EmptyState
            icon="check"
            title={t('system.letters.empty')}
            text={t('system.letters.empty.text')}
          />
        }
      />
      {open?.what === 'show' && (
        <Dialog title={open.letter.subject} isOpen isWide onClose={close}>
          <div className="dialog-content">
            <Json value={open.letter.payload} label={t('system.letter.payload')} />
          </div>
        </Dialog>
      )}
      {open?.what === 'replay' && <Replay of={open.letter} onClose={close} />}
      {open?.what === 'discard' && <Discard of={open.letter} onClose={close} />}
    </>
  );
}

interface OfLetter {
  readonly of: DeadLetter;
  readonly onClose: () => void;
}

function Replay({ of: { sequence, subject }, onClose }: OfLetter) {
  const replay = useCommand(
    {
      run: api.deadLetters.replay.mutate,
      changes: ['deadLetters', 'matters'],
      done: () => t('system.letter.replayed'),
    },
    'shown',
  );
  const sequences = [sequence];
  return (
    <RepairDialog
      what="replay"
      title={t('system.letter.replay', { subject })}
      about={t('system.letter.replay.about')}
      command={replay}
      input={() => ({ sequences, dryRun: false })}
      dryRun={{
        key: ['deadLetters.replay', sequence],
        ask: (options) => api.deadLetters.replay.mutate({ sequences, dryRun: true }, options),
      }}
      onClose={onClose}
    />
  );
}

function Discard({ of: { sequence, subject }, onClose }: OfLetter) {
  const discard = useCommand(
    {
      run: api.deadLetters.discard.mutate,
      changes: ['deadLetters', 'matters'],
      done: () => t('system.letter.discarded'),
    },
    'shown',
  );
  const sequences = [sequence];
  return (
    <RepairDialog
      what="discard"
      title={t('system.letter.discard', { subject })}
      about={t('system.letter.discard.about')}
      command={discard}
      input={(because) => ({ sequences, because, dryRun: false })}
      dryRun={{
        key: ['deadLetters.discard', sequence],
        ask: (options) =>
          api.deadLetters.discard.mutate({ sequences, because: '-', dryRun: true }, options),
      }}
      onClose={onClose}
    />
  );
}

function columns(): readonly Column<DeadLetter>[] {
  return [
    {
      id: 'subject',
      header: t('system.letter.subject'),
      width: 2.4,
      cell: ({ subject }) => <code>{subject}</code>,
      csv: ({ subject }) => subject,
    },
    {
      id: 'consumer',
      header: t('system.letter.consumer'),
      width: 1.8,
      cell: ({ durable }) => <code>{durable}</code>,
      csv: ({ durable }) => durable,
    },
    {
      id: 'reason',
      header: t('system.reason'),
      width: 2.2,
      cell: ({ reason }) => reason,
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
      id: 'stored',
      header: t('system.since.head'),
      width: 1.3,
      cell: ({ storedAt }) => <Time at={storedAt} />,
      csv: ({ storedAt }) => storedAt,
    },
  ];
}
