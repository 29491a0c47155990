import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { languageNames, languages } from '@landfall/words/language';
import {
  mailTexts,
  type CustomerMail,
  type CustomerMails,
  type MailLanguage,
} from '../../api/customer-mails.ts';
import { SelectField } from '../../parts/fields.tsx';
import { Section } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { MailEditor } from './editor.tsx';
import { customerMails } from '@landfall/contracts/customer-mails';

const route = getRouteApi('/mails');
const EVERY = '*';

/** The texts of one mail in one language, with the mail beside them. */
export function Texts({ settings }: { readonly settings: CustomerMails }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { mail = 'ready', language = settings.language, offer } = search;
  const place = { language, offerId: offer };
  const query = useQuery(mailTexts(place));
  const choose = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const offers = new Set([...Object.keys(settings.productNames), ...(offer ? [offer] : [])]);
  return (
    <Section title={t('mails.texts')} about={t('mails.texts.about')}>
      <div className="field-pair">
        <SelectField
          label={t('mails.texts.mail')}
          options={customerMails.map((name) => ({
            value: name,
            label: t(`mails.name.${name}`),
            detail: t(`mails.when.${name}`),
          }))}
          value={mail}
          onChange={(value) => choose({ mail: value as CustomerMail })}
        />
        <SelectField
          label={t('mails.texts.language')}
          options={languages.map((value) => ({ value, label: languageNames[value] }))}
          value={language}
          onChange={(value) => choose({ language: value as MailLanguage })}
        />
        <SelectField
          label={t('mails.texts.offer')}
          options={[
            { value: EVERY, label: t('mails.texts.everyOffer') },
            ...[...offers].map((value) => ({
              value,
              label: settings.productNames[value] ?? value,
              detail: value,
            })),
          ]}
          value={offer ?? EVERY}
          onChange={(value) => choose({ offer: value === EVERY ? undefined : value })}
        />
      </div>
      <Loaded query={query} lines={12}>
        {(texts) => (
          <MailEditor
            key={`${mail} ${language} ${offer ?? ''}`}
            mail={mail}
            place={place}
            texts={texts}
            settings={settings}
            view={search.view ?? 'mail'}
            onView={(view) => choose({ view })}
          />
        )}
      </Loaded>
    </Section>
  );
}
