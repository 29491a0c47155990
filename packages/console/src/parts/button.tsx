import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { Icon, type IconName } from './icon.tsx';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

interface ButtonProps {
  readonly children: ReactNode;
  readonly look?: Look;
  readonly icon?: IconName;
  readonly isSmall?: boolean;
  readonly isDisabled?: boolean;
  /** It works on something: it shows so, and cannot be pressed again. */
  readonly isPending?: boolean;
  readonly onPress?: () => void;
  readonly type?: 'button' | 'submit';
  /** The person's role does not allow it: why, as a hint. */
  readonly refusal?: string | undefined;
  readonly autoFocus?: boolean;
  readonly slot?: string;
}

export function Button({
  children,
  look = 'plain',
  icon,
  isSmall = false,
  refusal,
  isDisabled,
  isPending = false,
  onPress,
  type = 'button',
  ...rest
}: ButtonProps) {
  // react-aria's own `isPending` announces a progress bar, which a button of words does not have. The focus stays here.
  const action = isPending ? { 'data-pending': true } : { type, ...(onPress && { onPress }) };
  const button = (
    <AriaButton
      {...rest}
      {...action}
      isDisabled={Boolean(isDisabled) || refusal !== undefined}
      className={`button button-${look}${isSmall ? ' button-small' : ''}`}
    >
      {icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
  if (refusal === undefined) return button;
  // A disabled button gets no hover, so what holds it shows the hint.
  return (
    <span className="refused" data-hint={refusal} tabIndex={0} role="note" aria-label={refusal}>
      {button}
    </span>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  /** Its name for screen readers, and its hint. */
  readonly label: string;
  readonly onPress?: () => void;
  readonly isDisabled?: boolean;
  readonly slot?: string;
}

export function IconButton({ icon, label, ...rest }: IconButtonProps) {
  return (
    <AriaButton {...rest} aria-label={label} className="icon-button" data-hint={label}>
      <Icon name={icon} />
    </AriaButton>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  look = 'plain',
  icon,
  children,
  ...link
}: LinkProps & { readonly look?: Look; readonly icon?: IconName; readonly children: ReactNode }) {
  return (
    <Link {...link} className={`button button-${look}`}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}
