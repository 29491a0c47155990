import { Link, type LinkProps } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { t } from '../words/words.ts';
import { Icon } from './icon.tsx';
import { IconButton } from './button.tsx';

export interface Toast {
  readonly text: string;
  readonly tone?: 'good' | 'bad';
  /** A smaller second line, such as the next step or a correlation id. */
  readonly detail?: string | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
  readonly link?: { readonly label: string; readonly to: LinkProps } | undefined;
}

interface Shown extends Toast {
  readonly id: number;
}

/** Time to read one sentence and to press its button. Failures stay until they are dismissed. */
const SHOWN_MS = 8_000;
/** More would cover the page; older ones leave. */
const MAX_SHOWN = 4;

let shown: readonly Shown[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function become(next: readonly Shown[]): void {
  shown = next.slice(-MAX_SHOWN);
  for (const listener of listeners) listener();
}

/** Says what has just happened, in a corner of the page and to screen readers. */
export function toast(one: Toast): void {
  const id = nextId++;
  become([...shown, { ...one, id }]);
  if (one.tone !== 'bad') setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  become(shown.filter((one) => one.id !== id));
}

export function Toasts() {
  const list = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <section className="toasts" aria-label={t('parts.toasts')} aria-live="polite">
      {list.map((one) => (
        <div key={one.id} className={one.tone === 'bad' ? 'toast toast-bad' : 'toast'}>
          <Icon name={one.tone === 'bad' ? 'warning' : 'check'} />
          <div className="toast-text">
            <p>{one.text}</p>
            {one.detail !== undefined && <p className="muted">{one.detail}</p>}
          </div>
          {one.action && (
            <button
              type="button"
              className="link-button"
              onClick={() => {
                one.action?.run();
                dismiss(one.id);
              }}
            >
              {one.action.label}
            </button>
          )}
          {one.link && <Link {...one.link.to}>{one.link.label}</Link>}
          <IconButton icon="close" label={t('parts.dismiss')} onPress={() => dismiss(one.id)} />
        </div>
      ))}
    </section>
  );
}
