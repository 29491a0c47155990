import type { ReactElement } from 'react';
import {
  Header,
  Menu as AriaMenu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
} from 'react-aria-components';
import { Icon, type IconName } from './icon.tsx';

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  /** A second line: why it is disabled, what it does. */
  readonly detail?: string | undefined;
  readonly isSelected?: boolean;
  readonly href?: string;
  readonly run?: () => void;
}

export interface MenuGroup {
  readonly label?: string;
  readonly entries: readonly MenuEntry[];
}

/** A button with a menu. Entries that can be selected show a check mark. */
export function Menu({
  label,
  groups,
  children,
  keepsOpen = false,
}: {
  readonly label: string;
  readonly groups: readonly MenuGroup[];
  /** The button. */
  readonly children: ReactElement;
  /** For menus in which several entries are switched. */
  readonly keepsOpen?: boolean;
}) {
  const filled = groups.filter(({ entries }) => entries.length > 0);
  return (
    <MenuTrigger>
      {children}
      <Popover className="popover" placement="bottom end">
        <AriaMenu aria-label={label} className="menu" shouldCloseOnSelect={!keepsOpen}>
          {filled.map((group, index) => (
            <MenuSection
              key={group.label ?? index}
              aria-label={group.label ?? label}
              className="menu-section"
            >
              {group.label !== undefined && <Header className="menu-header">{group.label}</Header>}
              {group.entries.map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
            </MenuSection>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

function Entry({ entry }: { readonly entry: MenuEntry }) {
  const { id, label, icon, isDanger, isDisabled, detail, isSelected, href, run } = entry;
  return (
    <MenuItem
      id={id}
      textValue={label}
      className={isDanger ? 'menu-item menu-item-danger' : 'menu-item'}
      isDisabled={isDisabled ?? false}
      {...(href === undefined ? {} : { href })}
      {...(run ? { onAction: run } : {})}
    >
      {icon && <Icon name={icon} />}
      <span className="menu-text">
        {label}
        {detail !== undefined && <small>{detail}</small>}
      </span>
      {isSelected && <Icon name="check" />}
    </MenuItem>
  );
}
