import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { Destination } from '../../api/destinations.ts';
import { problemOf } from '../../api/errors.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialogs.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { toast } from '../../parts/toasts.tsx';
import { t } from '../../words/words.ts';
import { draftOf, settingsOf } from './draft.ts';
import { DestinationFields } from './fields.tsx';

export function EditDialog({
  destination,
  onClose,
}: {
  readonly destination: Destination;
  readonly onClose: () => void;
}) {
  const { id: destinationId, channel, label, url } = destination;
  const [draft, setDraft] = useState(() => draftOf(destination));
  const update = useCommand(
    {
      run: api.destinations.update.mutate,
      changes: ['destinations'],
      done: (saved) => t('destinations.saved', { label: saved.label }),
    },
    'shown',
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const saved = await update.start({ destinationId, ...settingsOf(draft, channel) });
    if (!saved) return;
    for (const warning of saved.warnings ?? []) toast({ text: warning });
    onClose();
  };
  const issues = update.error === undefined ? [] : problemOf(update.error).issues;
  return (
    <Dialog title={t('destinations.edit.title', { label })} isOpen onClose={onClose} isWide>
      <form className="dialog-form" onSubmit={(event) => void submit(event)}>
        <div className="dialog-content">
          <p className="dialog-about">{t('destinations.edit.about')}</p>
          <DestinationFields
            channel={channel}
            draft={draft}
            onChange={setDraft}
            shownUrl={url}
            errors={Object.fromEntries(issues.map(({ path, message }) => [path, message]))}
          />
          {update.error !== undefined && <ErrorState error={update.error} />}
        </div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('parts.cancel')}</Button>
          <Button type="submit" look="primary" isPending={update.isRunning}>
            {t('parts.save')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
