import { t } from '../words/words.ts';
import { IconButton } from './button.tsx';
import { toast } from './toasts.tsx';

/** The beginning is enough to tell ids on one page apart; the whole is in the hint and in the copy. */
const SHOWN = 8;

export function Id({ value }: { readonly value: string }) {
  return (
    <span className="id">
      <code data-hint={value}>
        {value.length > SHOWN + 4 ? `${value.slice(0, SHOWN)}…` : value}
      </code>
      <Copy text={value} label={t('parts.copyId', { id: value })} />
    </span>
  );
}

/** A button that copies a text. */
export function Copy({ text, label }: { readonly text: string; readonly label?: string }) {
  return (
    <IconButton icon="copy" label={label ?? t('parts.copy')} onPress={() => void copyText(text)} />
  );
}

export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  toast({ text: t('parts.copied') });
}
