import { useState } from 'react';
import { operatorRoles } from '@landfall/contracts/roles';
import { operatorList, type Operator } from '../../api/access.ts';
import { usePaged } from '../../api/paged.ts';
import { useRefusal, useSession } from '../../app/session.ts';
import { Tag } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Card, Page, Section } from '../../parts/page.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Time, useNow } from '../../parts/time.tsx';
import { ago, t } from '../../words/words.ts';
import {
  ChangeRole,
  EndSessions,
  Invite,
  nameOf,
  RemovePerson,
  type Invitation,
} from './commands.tsx';

type Open =
  | { readonly what: 'invite' }
  | { readonly what: 'role' | 'sessions' | 'remove'; readonly person: Operator };

export function PeoplePage() {
  const pages = usePaged(operatorList());
  const session = useSession();
  const now = useNow();
  const [open, setOpen] = useState<Open>();
  const [invitation, setInvitation] = useState<Invitation>();
  const refusal = useRefusal('operators:write');
  const close = () => setOpen(undefined);
  return (
    <Page
      title={t('access.people')}
      about={t('access.people.about')}
      actions={
        <Button
          look="primary"
          icon="plus"
          onPress={() => setOpen({ what: 'invite' })}
          refusal={refusal}
        >
          {t('access.invite')}
        </Button>
      }
    >
      {invitation && (
        <ShownOnce
          title={t('access.invite.once')}
          text={t('access.invite.once.text', { when: ago(invitation.expiresAt, now) })}
          secret={invitation.url}
          onStored={() => setInvitation(undefined)}
        />
      )}
      <DataTable
        name="people"
        label={t('access.people')}
        columns={columns(session.person.id)}
        pages={pages}
        rowKey={({ operatorId }) => operatorId}
        rowActions={(person) =>
          refusal === undefined ? <Actions person={person} onOpen={setOpen} /> : null
        }
        empty={
          <EmptyState
            icon="people"
            title={t('access.people.empty')}
            text={t('access.people.empty.text')}
          />
        }
      />
      <Roles />
      {open?.what === 'invite' && <Invite onClose={close} onInvited={setInvitation} />}
      {open?.what === 'role' && <ChangeRole of={open.person} onClose={close} />}
      {open?.what === 'sessions' && <EndSessions of={open.person} onClose={close} />}
      {open?.what === 'remove' && <RemovePerson of={open.person} onClose={close} />}
    </Page>
  );
}

function Actions({
  person,
  onOpen,
}: {
  readonly person: Operator;
  readonly onOpen: (open: Open) => void;
}) {
  // What Entra gives is changed there.
  const isFromEntra = person.source === 'app-role';
  const detail = isFromEntra ? t('access.role.entra') : undefined;
  return (
    <RowMenu
      name={nameOf(person)}
      entries={[
        {
          id: 'role',
          label: t('access.role.change'),
          icon: 'person',
          isDisabled: isFromEntra,
          detail,
          run: () => onOpen({ what: 'role', person }),
        },
        {
          id: 'sessions',
          label: t('access.sessions.end'),
          icon: 'exit',
          isDisabled: person.sessions === 0,
          run: () => onOpen({ what: 'sessions', person }),
        },
        {
          id: 'remove',
          label: t('access.person.remove'),
          icon: 'close',
          isDanger: true,
          detail: isFromEntra ? t('access.person.remove.entra') : undefined,
          run: () => onOpen({ what: 'remove', person }),
        },
      ]}
    />
  );
}

function Roles() {
  return (
    <Section title={t('access.roles')} about={t('access.roles.about')}>
      <Card>
        <dl className="facts">
          {operatorRoles.map((role) => (
            <div key={role}>
              <dt>{t(`access.role.${role}`)}</dt>
              <dd>{t(`access.role.${role}.about`)}</dd>
            </div>
          ))}
        </dl>
      </Card>
    </Section>
  );
}

function columns(ownId: string): readonly Column<Operator>[] {
  return [
    {
      id: 'name',
      header: t('access.person'),
      width: 2.4,
      cell: (person) => (
        <span className="two-lines">
          <span className="row">
            {nameOf(person)}
            {`${person.tenantId}/${person.objectId}` === ownId && <Tag>{t('access.you')}</Tag>}
          </span>
          {person.name !== undefined && person.email !== undefined && <small>{person.email}</small>}
        </span>
      ),
    },
    {
      id: 'role',
      header: t('access.role'),
      width: 1.4,
      cell: ({ role }) => t(`access.role.${role}`),
    },
    {
      id: 'publisher',
      header: t('access.publisher'),
      width: 1.4,
      cell: ({ publisherId }) => publisherId ?? t('access.publisher.all'),
    },
    {
      id: 'source',
      header: t('access.source'),
      width: 1.6,
      cell: ({ source }) => (
        <span data-hint={t(`access.source.${source}.hint`)}>{t(`access.source.${source}`)}</span>
      ),
    },
    {
      id: 'signedIn',
      header: t('access.signedIn'),
      width: 1.4,
      cell: ({ lastSignInAt }) =>
        lastSignInAt === undefined ? (
          <span className="muted">{t('access.signedIn.never')}</span>
        ) : (
          <Time at={lastSignInAt} />
        ),
    },
    {
      id: 'sessions',
      header: t('access.sessions'),
      align: 'end',
      cell: ({ sessions }) => String(sessions),
    },
  ];
}
