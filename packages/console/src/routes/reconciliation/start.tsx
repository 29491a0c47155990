import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { useRefusal } from '../../app/session.ts';
import { Button } from '../../parts/button.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { toast } from '../../parts/toasts.tsx';
import { t } from '../../words/words.ts';

/** Starts a comparison, a dry run unless the person chooses otherwise, and opens it. */
export function StartButton({
  label,
  look = 'primary',
  mode: firstMode = 'dry',
}: {
  readonly label?: string;
  readonly look?: 'primary' | 'plain';
  /** What is chosen when the dialog opens: only report differences, or correct them. */
  readonly mode?: 'dry' | 'real';
}) {
  const [isAsking, setAsking] = useState(false);
  const [mode, setMode] = useState<string>(firstMode);
  const navigate = useNavigate();
  const refusal = useRefusal('reconciliation:run');
  const start = useCommand(
    {
      run: api.reconciliation.start.mutate,
      changes: ['reconciliation'],
      done: () => t('reconciliation.started.done'),
    },
    'shown',
  );
  return (
    <>
      <Button look={look} icon="scale" onPress={() => setAsking(true)} refusal={refusal}>
        {label ?? t('reconciliation.start')}
      </Button>
      <CommandDialog
        title={t('reconciliation.start.title')}
        about={<p>{t('reconciliation.start.about')}</p>}
        confirm={t('reconciliation.start.confirm')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        command={start}
        input={() => ({ dryRun: mode === 'dry' })}
        onDone={({ runId, alsoStarted = [] }) => {
          if (alsoStarted.length > 0) {
            toast({ text: t('reconciliation.started.others', { count: alsoStarted.length }) });
          }
          void navigate({ to: '/reconciliation/$runId', params: { runId } });
        }}
      >
        <SelectField
          label={t('reconciliation.start.mode')}
          hint={t(
            mode === 'dry' ? 'reconciliation.start.dry.detail' : 'reconciliation.start.real.detail',
          )}
          value={mode}
          onChange={setMode}
          options={[
            { value: 'dry', label: t('reconciliation.start.dry') },
            { value: 'real', label: t('reconciliation.start.real') },
          ]}
        />
      </CommandDialog>
    </>
  );
}
