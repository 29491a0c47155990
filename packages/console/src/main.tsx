// Before every module that declares a schema.
import './app/zod-setup.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nProvider } from 'react-aria-components';
import { queryClient } from './api/query-client.ts';
import { SessionGate } from './app/gate.tsx';
import { root } from './app/root.tsx';
import { readSession } from './app/session.ts';
import { applyTheme } from './app/theme.ts';
import { routes } from './routes/index.ts';
import { language, loadWords, locale } from './words/words.ts';
import '@landfall/design/fonts.css';
import '@landfall/design/tokens.css';
import './app/base.css';
import './app/frame.css';
import './parts/parts.css';
import './parts/layout.css';
import './parts/table.css';

const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/console',
  // The code of a page is read while the pointer rests on its link.
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

applyTheme();
document.documentElement.lang = language;

async function start(element: HTMLElement): Promise<void> {
  await Promise.all([loadWords('shell', 'parts'), readSession()]);
  createRoot(element).render(
    <StrictMode>
      <I18nProvider locale={locale}>
        <QueryClientProvider client={queryClient}>
          <SessionGate>
            <RouterProvider router={router} />
          </SessionGate>
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  );
}

const element = document.getElementById('root');
if (element) void start(element);
