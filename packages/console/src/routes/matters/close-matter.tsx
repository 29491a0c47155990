import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { Matter } from '../../api/matters.ts';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { t } from '../../words/words.ts';

/** Closes a matter with a reason. Says what that does not do: the cause stays. */
export function CloseMatter({
  matter,
  isOpen,
  onClose,
}: {
  readonly matter: Pick<Matter, 'id' | 'title' | 'closes'>;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const close = useCommand(
    {
      run: api.matters.close.mutate,
      changes: ['matters'],
      done: () => t('matters.closedNow'),
      undo: (_, { matterId }, options) => api.matters.reopen.mutate({ matterId }, options),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('matters.close')}
      about={
        <>
          <p>
            <strong>{matter.title}</strong>
          </p>
          <p>{t(matter.closes === 'itself' ? 'matters.close.itself' : 'matters.close.person')}</p>
        </>
      }
      confirm={t('matters.close')}
      reason="required"
      isOpen={isOpen}
      onClose={onClose}
      command={close}
      input={(reason) => (reason === '' ? undefined : { matterId: matter.id, reason })}
    />
  );
}
