import { useState } from 'react';
import { roleDefinitions } from '@landfall/contracts/roles';
import { scopes as allScopes } from '@landfall/contracts/scopes';
import type { Key, KeyScope } from '../../api/access.ts';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { useSession } from '../../app/session.ts';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { MultiSelectField, SelectField, TextField } from '../../parts/fields.tsx';
import { t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { usePublisherChoice } from '../people/publisher-choice.tsx';

/** The API's own limits. */
export const MAX_KEY_DAYS = 730;
export const DEFAULT_KEY_DAYS = 365;

export interface Created {
  readonly key: Key;
  readonly secret: string;
}

const presets = ['usage', 'viewer', 'operator', 'admin', 'own'] as const;
type Preset = (typeof presets)[number];

function scopesOf(preset: Preset): readonly KeyScope[] {
  if (preset === 'usage') return ['usage:read', 'usage:write'];
  return preset === 'own' ? [] : roleDefinitions[preset].scopes;
}

export function CreateKey({
  onClose,
  onCreated,
}: {
  readonly onClose: () => void;
  readonly onCreated: (created: Created) => void;
}) {
  const session = useSession();
  const held = allScopes.filter((scope) => session.scopes.includes(scope));
  const [label, setLabel] = useState('');
  const [preset, setPreset] = useState<Preset>('usage');
  const [own, setOwn] = useState<readonly KeyScope[]>([]);
  const [days, setDays] = useState(String(DEFAULT_KEY_DAYS));
  const publisher = usePublisherChoice();
  const create = useCommand({ run: api.keys.create.mutate, changes: ['keys'] }, 'shown');
  // A key may do at most what the person may do.
  const scopes = preset === 'own' ? own : scopesOf(preset).filter((scope) => held.includes(scope));
  const isWhole = label.trim() !== '' && scopes.length > 0 && isDays(days);
  return (
    <CommandDialog
      title={t('access.key.new')}
      about={<p>{t('access.key.new.about')}</p>}
      confirm={t('access.key.create')}
      isOpen
      onClose={onClose}
      command={create}
      reason="optional"
      input={(reason) =>
        isWhole
          ? {
              label: label.trim(),
              scopes: [...scopes],
              expiresInDays: Number(days),
              ...publisher.input,
              ...(reason === '' ? {} : { reason }),
            }
          : undefined
      }
      onDone={onCreated}
    >
      <TextField
        label={t('access.key.label')}
        hint={t('access.key.label.hint')}
        value={label}
        onChange={setLabel}
        maxLength={100}
        isRequired
        autoFocus
      />
      <SelectField
        label={t('access.key.may')}
        options={presets.map((value) => ({
          value,
          label: t(`access.preset.${value}`),
          detail: t(`access.preset.${value}.detail`),
        }))}
        value={preset}
        onChange={(value) => setPreset(value as Preset)}
      />
      {preset === 'own' ? (
        <MultiSelectField
          label={t('access.scopes')}
          hint={t('access.scopes.hint')}
          options={held.map((scope) => ({ value: scope, label: scope, detail: scopeWords(scope) }))}
          value={own}
          onChange={(next) => setOwn(next as KeyScope[])}
        />
      ) : (
        <details>
          <summary>{t('access.scopes.count', { count: scopes.length })}</summary>
          <ul className="plain-list">
            {scopes.map((scope) => (
              <li key={scope}>
                <code>{scope}</code>
                <span className="muted">{scopeWords(scope)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <div className="field-pair">
        <DaysField value={days} onChange={setDays} />
        {publisher.field}
      </div>
    </CommandDialog>
  );
}

export function isDays(days: string): boolean {
  const count = Number(days);
  return Number.isInteger(count) && count >= 1 && count <= MAX_KEY_DAYS;
}

export function DaysField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <TextField
      label={t('access.key.days')}
      hint={t('access.key.days.hint', { max: MAX_KEY_DAYS })}
      error={isDays(value) ? undefined : t('access.key.days.wrong', { max: MAX_KEY_DAYS })}
      type="number"
      value={value}
      onChange={onChange}
    />
  );
}

/** What a scope allows: "See subscriptions", "Change subscriptions". */
export function scopeWords(scope: string): string {
  const [noun = '', verb = ''] = scope.split(':');
  const what = wordFor('access.noun', noun);
  if (verb === 'read') return t('access.scope.read', { what });
  return verb === 'run' ? t('access.scope.run', { what }) : t('access.scope.write', { what });
}
