import type { PageDraft, StoredPage } from '../../api/offer-pages.ts';

/** In the address instead of an offer id. No offer id has a tilde. */
export const ALL_OFFERS = '~all';

export type Problems = ReadonlyMap<string, string>;

/** What an editor of a part of the draft gets. */
export interface DraftProps {
  readonly draft: PageDraft;
  readonly onChange: (draft: PageDraft) => void;
  /** By place, such as `branding.colours.accent`. */
  readonly problems: Problems;
  readonly isDisabled: boolean;
}

/** What is stored, as it can be sent again: the logo by its hash. */
export function draftOf(stored: StoredPage | null): PageDraft {
  if (!stored) return {};
  const { branding, ...others } = stored.page;
  if (!branding) return others;
  const { logo, ...brand } = branding;
  return { ...others, branding: { ...brand, ...(logo && { logo: { hash: logo.hash } }) } };
}

/** The object with a changed field. Without a value the field is left out, so that the level above counts. */
export function withField<Fields extends object, Key extends keyof Fields>(
  fields: Fields | undefined,
  key: Key,
  value: Fields[Key] | undefined,
): Fields | undefined {
  const changed = { ...fields, [key]: value } as Fields;
  if (value === undefined || value === '') delete changed[key];
  return Object.keys(changed).length === 0 ? undefined : changed;
}
