import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { Policy } from '../../api/policies.ts';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { toast } from '../../parts/toasts.tsx';
import { t } from '../../words/words.ts';
import { ChangeList } from './change-list.tsx';
import { policyDiff } from './policy-diff.ts';

/** Shows what will change, then saves. */
export function SaveDialog({
  saved,
  draft,
  onClose,
  onSaved,
}: {
  readonly saved: Policy;
  readonly draft: Policy;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}) {
  const put = useCommand(
    { run: api.policies.put.mutate, changes: ['policies'], done: () => t('rules.save.done') },
    'shown',
  );
  return (
    <CommandDialog
      title={t('rules.save.title')}
      about={<p>{t('rules.save.about')}</p>}
      confirm={t('rules.save.confirm')}
      isOpen
      onClose={onClose}
      command={put}
      input={() => draft}
      onDone={({ warnings = [] }) => {
        for (const warning of warnings) toast({ text: t('rules.warning'), detail: warning });
        onSaved();
      }}
    >
      <ChangeList changes={policyDiff(saved, draft)} />
    </CommandDialog>
  );
}
