import type { Command } from '../../api/command.ts';
import { CommandDialog, type DryRun } from '../../parts/dialogs.tsx';
import { t } from '../../words/words.ts';

/** The dry run of a replay: how many items match. */
interface Matched {
  readonly matched: number;
}

/** Runs or gives up work that stopped. Giving up is for good, so it wants a reason. */
export function RepairDialog<Input, Answer>({
  what,
  title,
  about,
  command,
  input,
  dryRun,
  onClose,
}: {
  readonly what: 'replay' | 'discard';
  readonly title: string;
  readonly about: string;
  readonly command: Command<Input, Answer>;
  readonly input: (reason: string) => Input;
  readonly dryRun: Pick<DryRun<Matched>, 'key' | 'ask'>;
  readonly onClose: () => void;
}) {
  const isDiscard = what === 'discard';
  return (
    <CommandDialog
      title={title}
      about={<p>{about}</p>}
      confirm={t(isDiscard ? 'system.discard' : 'system.replay')}
      isOpen
      onClose={onClose}
      command={command}
      isDanger={isDiscard}
      reason={isDiscard ? 'required' : undefined}
      input={(reason) => (isDiscard && reason === '' ? undefined : input(reason))}
      dryRun={{
        ...dryRun,
        show: ({ matched }) => (
          <p>
            {t(isDiscard ? 'system.discard.matched' : 'system.replay.matched', { count: matched })}
          </p>
        ),
      }}
    />
  );
}
