/** Whether a key goes into a field, a menu or a window, and is not meant for the page. */
export function isTyping({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest('input, textarea, select, [role=dialog], [role=menu], [role=listbox]') !== null
  );
}

/** Puts the focus into the search field of the page, if it has one. */
export function focusPageSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('[data-page-search]');
  field?.focus();
  field?.select();
  return field !== null;
}

/** What the modifier of shortcuts is called on this machine. */
export const commandKey: string = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl';
