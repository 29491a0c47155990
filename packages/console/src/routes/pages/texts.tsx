import { useQuery } from '@tanstack/react-query';
import type { Language } from '@landfall/words/language';
import { ownTexts } from '../../api/offer-pages.ts';
import { Button } from '../../parts/button.tsx';
import { ComboField, TextField } from '../../parts/fields.tsx';
import { Loaded } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { withField, type DraftProps } from './place.ts';

/** As the API. */
const MAX_TEXT = 2000;
/** A longer text gets a field of several lines. */
const LONG = 60;

/** The publisher's own texts in the language of the preview. */
export function Texts({
  draft,
  onChange,
  problems,
  isDisabled,
  language,
}: DraftProps & { readonly language: Language }) {
  const query = useQuery(ownTexts(language));
  const own = draft.texts?.[language] ?? {};
  const set = (key: string, text: string | undefined) => {
    const messages = { ...own, ...(text === undefined ? {} : { [key]: text }) };
    if (text === undefined) delete messages[key];
    const isEmpty = Object.keys(messages).length === 0;
    const texts = withField(draft.texts, language, isEmpty ? undefined : messages);
    onChange(withField(draft, 'texts', texts) ?? {});
  };
  return (
    <Loaded query={query} lines={8}>
      {(ours) => {
        const known = new Map(Object.entries(ours));
        return (
          <div className="stack">
            <p className="muted">{t('pages.texts.about')}</p>
            {Object.entries(own).map(([key, text]) => (
              <div key={key} className="pages-text">
                <TextField
                  label={key}
                  value={text}
                  rows={(known.get(key) ?? '').length > LONG ? 3 : 1}
                  maxLength={MAX_TEXT}
                  hint={t('pages.texts.instead', { text: known.get(key) ?? '' })}
                  error={problems.get(`texts.${language}.${key}`)}
                  isDisabled={isDisabled}
                  onChange={(changed) => set(key, changed)}
                />
                <Button
                  isSmall
                  look="quiet"
                  isDisabled={isDisabled}
                  onPress={() => set(key, undefined)}
                >
                  {t('pages.texts.remove')}
                </Button>
              </div>
            ))}
            <ComboField
              key={Object.keys(own).length}
              label={t('pages.texts.add')}
              hint={t('pages.texts.add.hint')}
              options={[...known]
                .filter(([key]) => !(key in own))
                .map(([key, text]) => ({ value: key, label: text, detail: key }))}
              value={undefined}
              isDisabled={isDisabled}
              onChange={(key) => set(key, known.get(key))}
            />
          </div>
        );
      }}
    </Loaded>
  );
}
