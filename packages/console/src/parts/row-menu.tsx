import { t } from '../words/words.ts';
import { IconButton } from './button.tsx';
import { Menu, type MenuEntry } from './menu.tsx';

/** What can be done with a row. `refusal`: the person's role allows none of the entries that change something. */
export function RowMenu({
  name,
  entries,
  refusal,
}: {
  /** Of the row, for screen readers. */
  readonly name: string;
  readonly entries: readonly (MenuEntry & { readonly isRead?: boolean })[];
  readonly refusal?: string | undefined;
}) {
  const shown = entries.map(({ isRead = false, ...entry }) =>
    refusal === undefined || isRead ? entry : { ...entry, isDisabled: true, detail: refusal },
  );
  return (
    <Menu label={t('parts.moreActions')} groups={[{ entries: shown }]}>
      <IconButton icon="more" label={t('parts.actionsOf', { name })} />
    </Menu>
  );
}
