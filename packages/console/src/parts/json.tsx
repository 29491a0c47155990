import { lazy, Suspense } from 'react';
import { t } from '../words/words.ts';
import { Button } from './button.tsx';
import { copyText } from './id.tsx';
import { Skeleton } from './states.tsx';

const Viewer = lazy(async () => ({ default: (await import('./json-viewer.tsx')).JsonViewer }));

/** The data behind a page, folded away: for comparing, and for support. */
export function RawJson({ value }: { readonly value: unknown }) {
  return (
    <details className="raw">
      <summary>{t('parts.json.show')}</summary>
      <Json value={value} label={t('parts.json')} />
    </details>
  );
}

/** Data as it came, foldable, with a button that copies it. */
export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    <div className="json">
      <div className="json-bar">
        <span>{label}</span>
        <Button
          look="quiet"
          isSmall
          icon="copy"
          onPress={() => void copyText(JSON.stringify(value, null, 2))}
        >
          {t('parts.json.copy')}
        </Button>
      </div>
      <Suspense fallback={<Skeleton lines={4} />}>
        <Viewer value={value} label={label} />
      </Suspense>
    </div>
  );
}
