import { useState } from 'react';
import { operatorRoles, type OperatorRole } from '@landfall/contracts/roles';
import type { Operator } from '../../api/access.ts';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { SelectField, TextField } from '../../parts/fields.tsx';
import { t } from '../../words/words.ts';
import { usePublisherChoice } from './publisher-choice.tsx';

/** The API's own limits: an invitation is opened by hand, so a day covers other time zones. */
const DEFAULT_HOURS = 24;
const MAX_HOURS = 168;

export type Invitation = Awaited<ReturnType<typeof api.operators.invite.mutate>>;

/** Before the first sign-in, Entra has not said who it is. */
export function nameOf({ name, email, objectId }: Operator): string {
  return name ?? email ?? objectId;
}

export function Invite({
  onClose,
  onInvited,
}: {
  readonly onClose: () => void;
  readonly onInvited: (invitation: Invitation) => void;
}) {
  const [role, setRole] = useState<OperatorRole>('operator');
  const [hours, setHours] = useState(String(DEFAULT_HOURS));
  const publisher = usePublisherChoice();
  const invite = useCommand({ run: api.operators.invite.mutate, changes: ['operators'] }, 'shown');
  const count = Number(hours);
  const isValid = Number.isInteger(count) && count >= 1 && count <= MAX_HOURS;
  return (
    <CommandDialog
      title={t('access.invite')}
      about={<p>{t('access.invite.about')}</p>}
      confirm={t('access.invite.confirm')}
      isOpen
      onClose={onClose}
      command={invite}
      reason="optional"
      input={(reason) =>
        isValid
          ? {
              role,
              expiresInHours: count,
              ...publisher.input,
              ...(reason === '' ? {} : { reason }),
            }
          : undefined
      }
      onDone={onInvited}
    >
      <RoleField value={role} onChange={setRole} />
      <div className="field-pair">
        {publisher.field}
        <TextField
          label={t('access.invite.hours')}
          hint={t('access.invite.hours.hint', { max: MAX_HOURS })}
          type="number"
          value={hours}
          onChange={setHours}
        />
      </div>
    </CommandDialog>
  );
}

function RoleField({
  value,
  onChange,
}: {
  readonly value: OperatorRole;
  readonly onChange: (role: OperatorRole) => void;
}) {
  return (
    <SelectField
      label={t('access.role')}
      options={operatorRoles.map((role) => ({
        value: role,
        label: t(`access.role.${role}`),
        detail: t(`access.role.${role}.about`),
      }))}
      value={value}
      onChange={(role) => onChange(role as OperatorRole)}
    />
  );
}

interface OfPerson {
  readonly of: Operator;
  readonly onClose: () => void;
}

export function ChangeRole({ of, onClose }: OfPerson) {
  const { tenantId, objectId, publisherId } = of;
  const [role, setRole] = useState<OperatorRole>(of.role);
  const put = useCommand(
    {
      run: api.operators.put.mutate,
      changes: ['operators'],
      done: () => t('access.role.changed'),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('access.role.change')}
      about={
        <p>
          {t('access.role.change.about', {
            name: nameOf(of),
            publisher: publisherId ?? t('access.publisher.all'),
          })}
        </p>
      }
      confirm={t('parts.save')}
      isOpen
      onClose={onClose}
      command={put}
      reason="optional"
      input={(reason) =>
        role === of.role
          ? undefined
          : {
              tenantId,
              objectId,
              role,
              ...(publisherId === undefined ? {} : { publisherId }),
              ...(reason === '' ? {} : { reason }),
            }
      }
    >
      <RoleField value={role} onChange={setRole} />
    </CommandDialog>
  );
}

export function EndSessions({ of, onClose }: OfPerson) {
  const end = useCommand(
    {
      run: api.operators.endSessions.mutate,
      changes: ['operators'],
      done: ({ ended }) => t('access.sessions.ended', { count: ended }),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('access.sessions.end')}
      about={<p>{t('access.sessions.end.about', { name: nameOf(of), count: of.sessions })}</p>}
      confirm={t('access.sessions.end')}
      isOpen
      onClose={onClose}
      command={end}
      isDanger
      reason="optional"
      input={(reason) => ({
        operatorId: of.operatorId,
        ...(reason === '' ? {} : { reason }),
      })}
    />
  );
}

export function RemovePerson({ of, onClose }: OfPerson) {
  const { operatorId } = of;
  const remove = useCommand(
    {
      run: api.operators.remove.mutate,
      changes: ['operators'],
      done: () => t('access.person.removed'),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('access.person.remove')}
      about={
        <>
          <p>{t('access.person.remove.about', { name: nameOf(of) })}</p>
          {of.source === 'app-role' && <p>{t('access.person.remove.entra')}</p>}
        </>
      }
      confirm={t('access.person.remove')}
      isOpen
      onClose={onClose}
      command={remove}
      isDanger
      confirmName={nameOf(of)}
      reason="optional"
      input={(reason) => ({ operatorId, dryRun: false, ...(reason === '' ? {} : { reason }) })}
      dryRun={{
        key: ['operators.remove', operatorId],
        ask: (options) => api.operators.remove.mutate({ operatorId, dryRun: true }, options),
        show: ({ role, sessions }) => (
          <p>
            {t('access.person.remove.what', { role: t(`access.role.${role}`), count: sessions })}
          </p>
        ),
      }}
    />
  );
}
