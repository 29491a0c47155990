import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { usePaged } from '../../api/paged.ts';
import { planList } from '../../api/catalogue.ts';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { forPublisher, settingsOf, type Settings } from '../../api/system.ts';
import { useRefusal } from '../../app/session.ts';
import { Tag } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { ComboField, SwitchField, TextField } from '../../parts/fields.tsx';
import { Card, Section } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { changeOf, settingKeys, textOf, type SettingKey } from './setting-values.ts';

const route = getRouteApi('/publishers/$publisherId');

interface Target {
  readonly publisherId: string | undefined;
  readonly offerId: string | undefined;
}

/** Settings of all offers of a publisher, or of one. Each is changed on its own. */
export function OfferSettings({ publisherId }: { readonly publisherId: string | undefined }) {
  const { offerId } = route.useSearch();
  const navigate = route.useNavigate();
  const plans = usePaged(planList({}));
  const query = useQuery(settingsOf(publisherId, offerId));
  const offers = [
    ...new Set(
      plans.rows
        .filter((plan) => publisherId === undefined || plan.publisherId === publisherId)
        .map((plan) => plan.offerId),
    ),
  ];
  const [changing, setChanging] = useState<SettingKey>();
  const refusal = useRefusal('settings:write');
  return (
    <Section title={t('system.settings')} about={t('system.settings.about')}>
      <ComboField
        label={t('system.settings.offer')}
        placeholder={t('system.settings.offer.all')}
        options={offers.map((value) => ({ value, label: value }))}
        value={offerId}
        onChange={(value) =>
          void navigate({ search: value === '' ? {} : { offerId: value }, replace: true })
        }
        allowsOther
      />
      <Card>
        <Loaded query={query} lines={10}>
          {(settings) => (
            <>
              <dl className="facts">
                {settingKeys.map((key) => (
                  <div key={key}>
                    <dt>{t(`system.settings.${key}`)}</dt>
                    <dd>
                      <span className="two-lines">
                        <span className="row">
                          {wordsOf(settings, key)}
                          <Tag tone={settings.own[key] === undefined ? 'quiet' : 'notice'}>
                            {t(
                              settings.own[key] === undefined
                                ? 'system.settings.inherited'
                                : 'system.settings.own',
                            )}
                          </Tag>
                          <Button
                            isSmall
                            look="quiet"
                            onPress={() => setChanging(key)}
                            refusal={refusal}
                          >
                            {t('system.settings.edit')}
                          </Button>
                        </span>
                        <small>{t(`system.settings.${key}.about`)}</small>
                      </span>
                    </dd>
                  </div>
                ))}
              </dl>
              {changing && (
                <ChangeDialog
                  of={changing}
                  settings={settings}
                  target={{ publisherId, offerId }}
                  onClose={() => setChanging(undefined)}
                />
              )}
            </>
          )}
        </Loaded>
      </Card>
    </Section>
  );
}

function wordsOf(settings: Settings, key: SettingKey): string {
  const value = settings[key];
  if (typeof value === 'boolean') return t(value ? 'parts.yes' : 'parts.no');
  return textOf(value) || t('parts.none');
}

function ChangeDialog({
  of,
  settings,
  target: { publisherId, offerId },
  onClose,
}: {
  readonly of: SettingKey;
  readonly settings: Settings;
  readonly target: Target;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState(textOf(settings[of]));
  const [isInherited, setInherited] = useState(false);
  const put = useCommand(
    {
      run: api.settings.put.mutate,
      changes: ['settings'],
      done: ({ warnings = [] }) => [t('system.settings.saved'), ...warnings].join(' '),
    },
    'shown',
  );
  const change = isInherited ? { [of]: null } : changeOf(of, text);
  const label = t(`system.settings.${of}`);
  return (
    <CommandDialog
      title={label}
      about={<p>{t(`system.settings.${of}.about`)}</p>}
      confirm={t('system.settings.save')}
      isOpen
      onClose={onClose}
      command={put}
      input={() =>
        change && {
          ...forPublisher(publisherId),
          ...(offerId === undefined ? {} : { offerId }),
          settings: change,
        }
      }
    >
      {of === 'waitForProduct' ? (
        <SwitchField
          label={label}
          isOn={text === 'true'}
          onChange={(isOn) => setText(String(isOn))}
          isDisabled={isInherited}
        />
      ) : (
        <TextField
          label={label}
          value={text}
          onChange={setText}
          isDisabled={isInherited}
          error={change === undefined ? t('system.settings.wrong') : undefined}
        />
      )}
      {settings.own[of] !== undefined && (
        <SwitchField
          label={t('system.settings.inherit')}
          isOn={isInherited}
          onChange={setInherited}
        />
      )}
    </CommandDialog>
  );
}
