import {
  createRootRoute,
  retainSearchParams,
  type ErrorComponentProps,
} from '@tanstack/react-router';
import { object, optional, string } from 'zod/mini';
import { ButtonLink } from '../parts/button.tsx';
import { Page } from '../parts/page.tsx';
import { EmptyState, ErrorState } from '../parts/states.tsx';
import { loadWords, t } from '../words/words.ts';
import { Frame } from './frame.tsx';

/** The root of all pages. `publisher` stays in the URL on every page. */
export const root = createRootRoute({
  validateSearch: object({ publisher: optional(string()) }),
  search: { middlewares: [retainSearchParams(['publisher'])] },
  beforeLoad: () => loadWords('shell', 'parts'),
  component: Frame,
  notFoundComponent: MissingPage,
  errorComponent: CrashedPage,
});

function MissingPage() {
  return (
    <Page title={t('shell.notFound.title')}>
      <EmptyState icon="search" title={t('shell.notFound.title')} text={t('shell.notFound.text')}>
        <ButtonLink to="/">{t('shell.notFound.home')}</ButtonLink>
      </EmptyState>
    </Page>
  );
}

function CrashedPage({ error, reset }: ErrorComponentProps) {
  return (
    <div className="page">
      <ErrorState error={error} onRetry={reset} />
    </div>
  );
}
