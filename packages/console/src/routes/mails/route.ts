import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { languages } from '@landfall/words/language';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';
import { customerMails } from '@landfall/contracts/customer-mails';

const mails = createRoute({
  getParentRoute: () => root,
  path: '/mails',
  loader: () => loadWords('mails'),
  component: lazyRouteComponent(() => import('./mails.tsx'), 'MailsPage'),
  validateSearch: z.object({
    mail: inUrl(z.enum(customerMails)),
    language: inUrl(z.enum(languages)),
    offer: inUrl(z.string()),
    view: inUrl(z.enum(['mail', 'text'])),
  }),
});

export const mailRoutes = [mails] as const;
