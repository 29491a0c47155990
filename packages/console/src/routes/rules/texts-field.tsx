import { languageNames, languages } from '@landfall/words/language';
import { Button, IconButton } from '../../parts/button.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Menu } from '../../parts/menu.tsx';
import { t } from '../../words/words.ts';
import type { Texts } from './rule-draft.ts';

const MAX_LENGTH = 500;

/** A text in several languages. */
export function TextsField({
  label,
  hint,
  texts,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly texts: Texts;
  readonly onChange: (texts: Texts) => void;
}) {
  const present = Object.keys(texts);
  const shown = present.length === 0 ? ['en'] : present;
  const missing = languages.filter((language) => !shown.includes(language));
  return (
    <fieldset className="field-group">
      <legend>{label}</legend>
      {hint !== undefined && <p className="field-hint">{hint}</p>}
      {shown.map((language) => (
        <div key={language} className="text-in-language">
          <TextField
            label={nameOf(language)}
            value={texts[language] ?? ''}
            onChange={(text) => onChange({ ...texts, [language]: text })}
            rows={2}
            maxLength={MAX_LENGTH}
          />
          {present.length > 0 && (
            <IconButton
              icon="close"
              label={t('rules.message.remove', { language: nameOf(language) })}
              onPress={() => {
                const { [language]: _, ...others } = texts;
                onChange(others);
              }}
            />
          )}
        </div>
      ))}
      {missing.length > 0 && (
        <div className="row">
          <Menu
            label={t('rules.message.add')}
            groups={[
              {
                entries: missing.map((language) => ({
                  id: language,
                  label: languageNames[language],
                  run: () =>
                    onChange({ ...(present.length === 0 ? { en: '' } : texts), [language]: '' }),
                })),
              },
            ]}
          >
            <Button isSmall look="quiet" icon="plus">
              {t('rules.message.add')}
            </Button>
          </Menu>
        </div>
      )}
    </fieldset>
  );
}

function nameOf(tag: string): string {
  const known = languages.find((language) => language === tag);
  return known === undefined ? tag : languageNames[known];
}
