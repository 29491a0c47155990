import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { keyList, type Key } from '../../api/access.ts';
import { usePaged } from '../../api/paged.ts';
import { useRefusal } from '../../app/session.ts';
import { Status, type Tone } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { RowMenu } from '../../parts/row-menu.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Time, useNow } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { CreateKey } from './create.tsx';
import { RevokeKey, RotateKey } from './commands.tsx';

const route = getRouteApi('/keys');

const states = ['active', 'rotating', 'expired', 'revoked'] as const;
const tones: Readonly<Record<Key['state'], Tone>> = {
  active: 'good',
  rotating: 'notice',
  expired: 'bad',
  revoked: 'quiet',
};

/** Long enough to bring a new secret to every program. */
const SOON_MS = 14 * 24 * 60 * 60 * 1000;

type Open = { readonly what: 'create' } | { readonly what: 'rotate' | 'revoke'; readonly key: Key };

export function KeysPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const pages = usePaged(keyList(search));
  const [open, setOpen] = useState<Open>();
  const [created, setCreated] = useState<{ readonly key: Key; readonly secret: string }>();
  const refusal = useRefusal('keys:write');
  const add = (
    <Button
      look="primary"
      icon="plus"
      onPress={() => setOpen({ what: 'create' })}
      refusal={refusal}
    >
      {t('access.key.new')}
    </Button>
  );
  const close = () => setOpen(undefined);
  return (
    <Page title={t('access.keys')} about={t('access.keys.about')} actions={add}>
      {created && (
        <ShownOnce
          title={t('access.key.once', { label: created.key.label })}
          text={t('access.key.once.text')}
          secret={created.secret}
          onStored={() => setCreated(undefined)}
        />
      )}
      <Ending keys={pages.rows} onRotate={(key) => setOpen({ what: 'rotate', key })} />
      <DataTable
        name="keys"
        label={t('access.keys')}
        columns={columns()}
        pages={pages}
        rowKey={({ id }) => id}
        rowActions={(key) =>
          isUsable(key) ? (
            <RowMenu
              name={key.label}
              refusal={refusal}
              entries={[
                {
                  id: 'rotate',
                  label: t('access.key.rotate'),
                  icon: 'refresh',
                  run: () => setOpen({ what: 'rotate', key }),
                },
                {
                  id: 'revoke',
                  label: t('access.key.revoke'),
                  icon: 'close',
                  isDanger: true,
                  run: () => setOpen({ what: 'revoke', key }),
                },
              ]}
            />
          ) : null
        }
        toolbar={
          <Filters
            value={search}
            onChange={(next) => void navigate({ search: next, replace: true })}
            fields={[
              {
                kind: 'choice',
                key: 'state',
                label: t('access.state'),
                options: states.map((value) => ({ value, label: t(`access.key.state.${value}`) })),
              },
            ]}
          />
        }
        empty={
          <EmptyState
            icon="key"
            title={t(search.state === undefined ? 'access.keys.empty' : 'access.keys.filtered')}
            text={t('access.keys.empty.text')}
          >
            {search.state === undefined && add}
          </EmptyState>
        }
      />
      {open?.what === 'create' && <CreateKey onClose={close} onCreated={setCreated} />}
      {open?.what === 'rotate' && (
        <RotateKey of={open.key} onClose={close} onCreated={setCreated} />
      )}
      {open?.what === 'revoke' && <RevokeKey of={open.key} onClose={close} />}
    </Page>
  );
}

function isUsable({ state }: Key): boolean {
  return state === 'active' || state === 'rotating';
}

/** Keys that end soon stop a program without anyone having changed it. */
function Ending({
  keys,
  onRotate,
}: {
  readonly keys: readonly Key[];
  readonly onRotate: (key: Key) => void;
}) {
  const now = useNow();
  const ending = keys.filter(
    (key) =>
      isUsable(key) &&
      key.expiresAt !== undefined &&
      Date.parse(key.expiresAt) - now.getTime() < SOON_MS,
  );
  return ending.map((key) => (
    <Notice
      key={key.id}
      tone="warn"
      title={t('access.key.ending', { label: key.label })}
      actions={
        <Button isSmall onPress={() => onRotate(key)}>
          {t('access.key.rotate')}
        </Button>
      }
    >
      <p>
        {t('access.key.ending.text')} {key.expiresAt !== undefined && <Time at={key.expiresAt} />}
      </p>
    </Notice>
  ));
}

function columns(): readonly Column<Key>[] {
  return [
    {
      id: 'label',
      header: t('access.key.label'),
      width: 2,
      cell: ({ label, prefix }) => (
        <span className="two-lines">
          <span>{label}</span>
          <small className="mono">{prefix}…</small>
        </span>
      ),
      csv: ({ label }) => label,
    },
    {
      id: 'state',
      header: t('access.state'),
      width: 1.6,
      cell: ({ state, formerSecretUntil }) => (
        <div className="two-lines">
          <Status tone={tones[state]}>{t(`access.key.state.${state}`)}</Status>
          {state === 'rotating' && formerSecretUntil !== undefined && (
            <small>
              {t('access.key.former')} <Time at={formerSecretUntil} />
            </small>
          )}
        </div>
      ),
      csv: ({ state }) => state,
    },
    {
      id: 'scopes',
      header: t('access.scopes'),
      width: 2.4,
      cell: ({ scopes }) => (
        <span className="clip" data-hint={scopes.join('\n')}>
          {scopes.length > 3
            ? t('access.scopes.more', {
                first: scopes.slice(0, 2).join(', '),
                count: scopes.length - 2,
              })
            : scopes.join(', ')}
        </span>
      ),
      csv: ({ scopes }) => scopes.join(' '),
    },
    {
      id: 'publisher',
      header: t('access.publisher'),
      cell: ({ publisherId }) => publisherId ?? t('access.publisher.all'),
      csv: ({ publisherId }) => publisherId ?? '',
    },
    {
      id: 'used',
      header: t('access.key.used'),
      width: 1.2,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === undefined ? (
          <span className="muted">{t('access.key.used.never')}</span>
        ) : (
          <Time at={lastUsedAt} />
        ),
      csv: ({ lastUsedAt }) => lastUsedAt ?? '',
    },
    {
      id: 'expires',
      header: t('access.key.expires'),
      width: 1.2,
      cell: ({ expiresAt, revokedAt }) =>
        revokedAt !== undefined ? (
          <Time at={revokedAt} />
        ) : expiresAt === undefined ? (
          t('access.key.expires.never')
        ) : (
          <Time at={expiresAt} />
        ),
      csv: ({ expiresAt }) => expiresAt ?? '',
    },
    {
      id: 'created',
      header: t('access.created'),
      width: 1.2,
      isHidden: true,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      csv: ({ createdAt }) => createdAt,
    },
    {
      id: 'by',
      header: t('access.createdBy'),
      isHidden: true,
      cell: ({ createdBy }) => <code className="clip">{createdBy ?? ''}</code>,
      csv: ({ createdBy }) => createdBy ?? '',
    },
  ];
}
