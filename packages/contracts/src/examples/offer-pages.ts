import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const target = { publisherId: ids.publisher, offerId: 'analytics' };
const updatedAt = '2026-11-01T08:00:00.000Z';

const page = {
  branding: {
    productName: 'Contoso Analytics',
    productUrl: 'https://app.contoso.com',
    colours: { accent: '#0b5cad' },
    links: { support: 'https://contoso.com/support' },
  },
  questions: [
    {
      id: 'region',
      kind: 'choice' as const,
      label: { en: 'Where should we store your data?' },
      required: true,
      choices: [
        { value: 'eu', label: { en: 'Europe' } },
        { value: 'us', label: { en: 'United States' } },
      ],
    },
  ],
};

export const offerPages: NamespaceExamples<'offerPages'> = {
  list: { input: {}, output: { items: [{ ...target, updatedAt }] } },
  get: { input: target, output: { ...target, updatedAt, page } },
  put: { input: { ...target, page }, output: { ...target, updatedAt, page } },
  remove: { input: target, output: { removed: true } },
  preview: {
    input: { ...target, page, language: 'de', show: 'confirm', scheme: 'light' },
    output: { problems: [], html: '<!doctype html><html lang="de">…</html>' },
  },
  texts: {
    input: { language: 'en' },
    output: { texts: { 'confirm.submit': 'Confirm and activate' } },
  },
};
