import { useEffect, useRef, useState } from 'react';
import { Button as AriaButton, Select, SelectValue } from 'react-aria-components';
import { t } from '../words/words.ts';
import { Button } from './button.tsx';
import { Options, type Option } from './fields.tsx';
import { Icon } from './icon.tsx';

/** A filter of a list; `key` is its name in the URL and in the API's input. */
export type FilterField<Search> = {
  readonly key: keyof Search & string;
  readonly label: string;
} & (
  | { readonly kind: 'text' }
  | { readonly kind: 'choice'; readonly options: readonly Option[] }
  | { readonly kind: 'boolean' }
);

interface FiltersProps<Search> {
  readonly fields: readonly FilterField<Search>[];
  /** The search of the route, which its zod schema has checked. */
  readonly value: Search;
  readonly onChange: (next: Search) => void;
}

const ANY = '';
/** Long enough to finish a word. */
const TYPING_MS = 250;

/** The filters of a list. They stand in the URL, so a filtered list can be bookmarked and sent to a colleague. */
export function Filters<Search extends object>({ fields, value, onChange }: FiltersProps<Search>) {
  const textOf = (key: keyof Search) => (value[key] === undefined ? ANY : String(value[key]));
  const set = (key: keyof Search & string, next: unknown) => {
    const { [key]: _, ...others } = value;
    onChange((next === undefined ? others : { ...others, [key]: next }) as Search);
  };
  const isFiltered = fields.some(({ key }) => value[key] !== undefined);
  return (
    <div className="filters" role="search" aria-label={t('parts.filter.label')}>
      {fields.map((field) =>
        field.kind === 'text' ? (
          <SearchBox
            key={field.key}
            label={field.label}
            value={textOf(field.key)}
            onChange={(text) => set(field.key, text === '' ? undefined : text)}
          />
        ) : (
          <Choice
            key={field.key}
            label={field.label}
            options={field.kind === 'choice' ? field.options : yesOrNo()}
            value={textOf(field.key)}
            onChange={(text) =>
              set(
                field.key,
                text === ANY ? undefined : field.kind === 'boolean' ? text === 'true' : text,
              )
            }
          />
        ),
      )}
      {isFiltered && (
        <Button
          look="quiet"
          isSmall
          icon="close"
          onPress={() => {
            const keys = new Set<string>(fields.map(({ key }) => key));
            const rest = Object.entries(value).filter(([key]) => !keys.has(key));
            onChange(Object.fromEntries(rest) as Search);
          }}
        >
          {t('parts.filter.clear')}
        </Button>
      )}
    </div>
  );
}

function yesOrNo(): readonly Option[] {
  return [
    { value: 'true', label: t('parts.filter.yes') },
    { value: 'false', label: t('parts.filter.no') },
  ];
}

/** `/` leads to the first one of a page. */
export function SearchBox({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  const send = useRef(onChange);
  send.current = onChange;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => send.current(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <label className="search-box">
      <Icon name="search" />
      <span className="visually-hidden">{label}</span>
      <input
        type="search"
        data-page-search=""
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

function Choice({
  label,
  options,
  value,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly Option[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const all = [{ value: 'any', label: t('parts.filter.any') }, ...options];
  const chosen = options.find((option) => option.value === value)?.label;
  return (
    <Select
      aria-label={label}
      selectedKey={value === ANY ? 'any' : value}
      onSelectionChange={(key) => onChange(key === 'any' ? ANY : String(key))}
    >
      <AriaButton
        className={value === ANY ? 'pill' : 'pill pill-on'}
        // The name begins as the visible text does (WCAG 2.5.3). By itself it would end with the label.
        // oxlint-disable-next-line jsx-a11y/aria-proptypes -- Empty, it takes away the one that react-aria sets.
        aria-labelledby=""
        aria-label={[label, chosen].filter(Boolean).join(' ')}
      >
        <span className="pill-label">{label}</span>{' '}
        {value !== ANY && <SelectValue className="pill-value" />}
        <Icon name="down" size={12} />
      </AriaButton>
      <Options options={all} />
    </Select>
  );
}
