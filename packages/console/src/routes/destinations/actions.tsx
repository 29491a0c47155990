import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { Destination } from '../../api/destinations.ts';
import { useRefusal } from '../../app/session.ts';
import { IconButton } from '../../parts/button.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { Menu } from '../../parts/menu.tsx';
import { t } from '../../words/words.ts';

/** Switching on and off, and removing. `isPage`: the page of a removed destination is left. */
export function DestinationActions({
  destination,
  isPage = false,
}: {
  readonly destination: Destination;
  readonly isPage?: boolean;
}) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState<'disable' | 'remove'>();
  const { id: destinationId, label, state } = destination;
  const enable = useCommand({
    run: api.destinations.enable.mutate,
    changes: ['destinations', 'deliveries'],
    done: () => t('destinations.enabled', { label }),
  });
  const disable = useCommand(
    {
      run: api.destinations.disable.mutate,
      changes: ['destinations'],
      done: () => t('destinations.disabled', { label }),
      undo: (_, input, options) => api.destinations.enable.mutate(input, options),
    },
    'shown',
  );
  const remove = useCommand(
    {
      run: api.destinations.remove.mutate,
      changes: ['destinations', 'deliveries'],
      done: () => t('destinations.removed', { label }),
    },
    'shown',
  );
  const refusal = useRefusal('destinations:write');
  const refused = refusal === undefined ? {} : { isDisabled: true, detail: refusal };
  return (
    <>
      <Menu
        label={t('parts.moreActions')}
        groups={[
          {
            entries: [
              state === 'enabled'
                ? {
                    id: 'disable',
                    label: t('destinations.disable'),
                    run: () => setAsking('disable'),
                    ...refused,
                  }
                : {
                    id: 'enable',
                    label: t('destinations.enable'),
                    run: () => void enable.start({ destinationId }),
                    ...refused,
                  },
            ],
          },
          {
            entries: [
              {
                id: 'remove',
                label: t('destinations.remove'),
                isDanger: true,
                run: () => setAsking('remove'),
                ...refused,
              },
            ],
          },
        ]}
      >
        <IconButton icon="more" label={t('parts.moreActions')} />
      </Menu>
      <CommandDialog
        title={t('destinations.disable')}
        about={<p>{t('destinations.disable.about', { label })}</p>}
        confirm={t('destinations.disable')}
        isOpen={asking === 'disable'}
        onClose={() => setAsking(undefined)}
        command={disable}
        input={() => ({ destinationId })}
      />
      <CommandDialog
        title={t('destinations.remove.title', { label })}
        about={<p>{t('destinations.remove.about')}</p>}
        confirm={t('destinations.remove')}
        isDanger
        confirmName={label}
        isOpen={asking === 'remove'}
        onClose={() => setAsking(undefined)}
        command={remove}
        input={() => ({ destinationId, dryRun: false })}
        dryRun={{
          key: ['destinations.remove', destinationId],
          ask: (options) =>
            api.destinations.remove.mutate({ destinationId, dryRun: true }, options),
          show: ({ undelivered }) => (
            <p>{t('destinations.remove.undelivered', { count: undelivered })}</p>
          ),
        }}
        onDone={() => {
          if (isPage) void navigate({ to: '/destinations' });
        }}
      />
    </>
  );
}
