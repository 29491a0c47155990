import { useRef, useState } from 'react';
import { languageNames, languages } from '@landfall/words/language';
import type { PageDraft } from '../../api/offer-pages.ts';
import { Button } from '../../parts/button.tsx';
import { SelectField, TextField } from '../../parts/fields.tsx';
import { t } from '../../words/words.ts';
import { withField, type DraftProps } from './place.ts';

type Branding = NonNullable<PageDraft['branding']>;
type Colours = NonNullable<Branding['colours']>;

const INHERIT = '*';
const names = ['productName', 'productUrl', 'supportEmail'] as const;
const links = ['support', 'terms', 'privacy'] as const;
const colours = ['accent', 'onAccent', 'accentDark', 'onAccentDark'] as const;

/** Name, addresses, logo and colours. `above`: what counts where the draft has nothing. */
export function Brand({ above, ...props }: DraftProps & { readonly above: Branding | undefined }) {
  const { draft, onChange, problems, isDisabled } = props;
  const { branding } = draft;
  const set = <Key extends keyof Branding>(key: Key, value: Branding[Key] | undefined) =>
    onChange(withField(draft, 'branding', withField(branding, key, value)) ?? {});
  const error = (place: string) => problems.get(`branding.${place}`);
  return (
    <div className="stack">
      {names.map((name) => (
        <TextField
          key={name}
          label={t(`pages.${name}`)}
          value={branding?.[name] ?? ''}
          placeholder={above?.[name] ?? ''}
          error={error(name)}
          isDisabled={isDisabled}
          onChange={(text) => set(name, text)}
        />
      ))}
      <LogoField {...props} error={error('logo')} onLogo={(logo) => set('logo', logo)} />
      <div className="field-pair">
        {colours.map((name) => (
          <ColourField
            key={name}
            label={t(`pages.colour.${name}`)}
            value={branding?.colours?.[name] ?? ''}
            placeholder={above?.colours?.[name] ?? t('pages.colour.computed')}
            error={error(`colours.${name}`)}
            isDisabled={isDisabled}
            onChange={(value) =>
              set('colours', withField<Colours, typeof name>(branding?.colours, name, value))
            }
          />
        ))}
      </div>
      {links.map((name) => (
        <TextField
          key={name}
          label={t(`pages.link.${name}`)}
          value={branding?.links?.[name] ?? ''}
          placeholder={above?.links?.[name] ?? 'https://'}
          error={error(`links.${name}`)}
          isDisabled={isDisabled}
          onChange={(text) => set('links', withField(branding?.links, name, text))}
        />
      ))}
      <SelectField
        label={t('pages.defaultLanguage')}
        hint={t('pages.defaultLanguage.hint')}
        value={branding?.defaultLanguage ?? INHERIT}
        options={[
          { value: INHERIT, label: t('pages.notSet') },
          ...languages.map((value) => ({ value, label: languageNames[value] })),
        ]}
        error={error('defaultLanguage')}
        isDisabled={isDisabled}
        onChange={(value) => set('defaultLanguage', value === INHERIT ? undefined : value)}
      />
    </div>
  );
}

interface ColourProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly error: string | undefined;
  readonly isDisabled: boolean;
  readonly onChange: (value: string) => void;
}

/** A colour as text, with the browser's own picker beside it. */
function ColourField({ label, value, onChange, isDisabled, ...rest }: ColourProps) {
  const isWhole = /^#[0-9a-f]{6}$/i.test(value);
  return (
    <div className="pages-colour">
      <TextField
        {...rest}
        label={label}
        value={value}
        maxLength={7}
        isMono
        isDisabled={isDisabled}
        onChange={onChange}
      />
      <input
        type="color"
        aria-label={t('pages.colour.pick', { name: label })}
        value={isWhole ? value : '#ffffff'}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

/** Base64 of 64 KiB, as the API takes it. */
const MAX_LOGO_BYTES = 64 * 1024;

function LogoField({
  draft,
  isDisabled,
  error,
  onLogo,
}: Pick<DraftProps, 'draft' | 'isDisabled'> & {
  readonly error: string | undefined;
  readonly onLogo: (logo: Branding['logo']) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [isLarge, setLarge] = useState(false);
  const has = draft.branding?.logo !== undefined;
  const read = async (file: File | undefined) => {
    if (!file) return;
    setLarge(file.size > MAX_LOGO_BYTES);
    if (file.size > MAX_LOGO_BYTES) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    onLogo({ base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) });
  };
  const problem = isLarge ? t('pages.logo.large') : error;
  return (
    <div className="field">
      <span className="field-name">{t('pages.logo')}</span>
      <input
        ref={input}
        type="file"
        hidden
        accept="image/png,image/webp,image/svg+xml"
        aria-label={t('pages.logo')}
        onChange={(event) => void read(event.target.files?.[0])}
      />
      <div className="row">
        <Button isSmall isDisabled={isDisabled} onPress={() => input.current?.click()}>
          {t(has ? 'pages.logo.replace' : 'pages.logo.choose')}
        </Button>
        {has && (
          <Button isSmall look="quiet" isDisabled={isDisabled} onPress={() => onLogo(undefined)}>
            {t('pages.logo.remove')}
          </Button>
        )}
      </div>
      <p className="field-hint">{t('pages.logo.hint')}</p>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
