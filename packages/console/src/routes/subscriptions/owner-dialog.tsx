import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { peopleOf } from '../../api/subscriptions.ts';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { ComboField } from '../../parts/fields.tsx';
import { t } from '../../words/words.ts';
import { Consequences, type DialogProps } from './dialog-parts.tsx';

/** As in Microsoft Entra. */
const OBJECT_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

interface Person {
  readonly objectId: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** Makes a person an owner of the manage page, for example when the last owner has left. */
export function OwnerDialog({ subscription: { id, name }, onClose }: DialogProps) {
  const [chosen, setChosen] = useState('');
  const { data: people = [] } = useQuery(peopleOf(id));
  const nameOwner = useCommand(
    {
      run: api.people.nameOwner.mutate,
      changes: ['people', 'activity', 'matters'],
      done: (owner) => t('subscriptions.owner.done', { who: nameOf(owner) }),
    },
    'shown',
  );
  const objectId = OBJECT_ID.test(chosen.trim()) ? chosen.trim() : undefined;
  return (
    <CommandDialog
      title={t('subscriptions.owner')}
      about={<p>{t('subscriptions.owner.about', { name })}</p>}
      confirm={t('subscriptions.owner.confirm')}
      isOpen
      onClose={onClose}
      command={nameOwner}
      dryRun={
        objectId === undefined
          ? undefined
          : {
              key: ['people.nameOwner', id, objectId],
              ask: (options) =>
                api.people.nameOwner.mutate(
                  { subscriptionId: id, objectId, dryRun: true },
                  options,
                ),
              show: ({ roleBefore, owners }) => (
                <Consequences
                  items={[
                    roleBefore === undefined
                      ? t('subscriptions.owner.fromNone')
                      : t('subscriptions.owner.from', {
                          role: t(`subscriptions.role.${roleBefore}`),
                        }),
                    t('subscriptions.owner.after', { owners: owners.map(nameOf).join(', ') }),
                  ]}
                />
              ),
            }
      }
      input={() => (objectId === undefined ? undefined : { subscriptionId: id, objectId })}
    >
      <ComboField
        label={t('subscriptions.owner.person')}
        hint={t('subscriptions.owner.person.hint')}
        value={chosen}
        onChange={setChosen}
        allowsOther
        options={people.map((person) => ({
          value: person.objectId,
          label: person.objectId,
          detail: [
            person.name ?? person.email ?? '',
            person.role === undefined
              ? t('subscriptions.owner.asked')
              : t(`subscriptions.role.${person.role}`),
          ]
            .filter(Boolean)
            .join(', '),
        }))}
      />
    </CommandDialog>
  );
}

function nameOf({ objectId, name, email }: Person): string {
  return name ?? email ?? objectId;
}
