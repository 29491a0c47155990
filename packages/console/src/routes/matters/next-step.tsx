import { type ReactNode, useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand, type CommandSpec } from '../../api/command.ts';
import type { Matter } from '../../api/matters.ts';
import { useRefusal } from '../../app/session.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { t } from '../../words/words.ts';
import { commandOf, placesOf, type MatterCommand } from './next-steps.ts';

/** The buttons that do the next step of a matter, or lead to the page where it is done. */
export function NextStep({ matter }: { readonly matter: Matter }) {
  const command = commandOf(matter);
  const places = placesOf(matter);
  if (command === undefined && places.length === 0) return null;
  return (
    <div className="matter-next">
      {command && <CommandButton matter={matter} command={command} />}
      {places.map(({ to, search, label }, place) => (
        <ButtonLink
          key={to}
          to={to as '/'}
          {...(search === undefined ? {} : { search: search as never })}
          look={command === undefined && place === 0 ? 'primary' : 'plain'}
        >
          {t(label)}
        </ButtonLink>
      ))}
    </div>
  );
}

function CommandButton({
  matter,
  command,
}: {
  readonly matter: Matter;
  readonly command: MatterCommand;
}): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const { label, about } = command;
  const refusal = useRefusal(command.scope);
  const spec: CommandSpec<object, unknown> = {
    run: (_, options) => command.run(api, options),
    changes: ['matters', ...command.changes],
    done: () => t('matters.done'),
  };
  const running = useCommand(spec, 'shown');
  return (
    <>
      <Button look="primary" refusal={refusal} onPress={() => setOpen(true)}>
        {t(label)}
      </Button>
      <CommandDialog
        title={t(label)}
        about={
          <>
            <p>
              <strong>{matter.title}</strong>
            </p>
            <p>{t(about)}</p>
          </>
        }
        confirm={t(label)}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        command={running}
        input={() => ({ matterId: matter.id })}
      />
    </>
  );
}
