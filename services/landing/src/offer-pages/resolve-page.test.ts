import { describe, expect, test } from 'vitest';
import { storedOfferPage } from '@landfall/contracts/offer-page';
import type { Level } from '../store/offer-pages.ts';
import { inLanguage, resolvePage } from './resolve-page.ts';

const installation = {
  product: {
    name: 'Landfall',
    url: 'https://landfall.example',
    supportEmail: 'a@landfall.example',
  },
  defaultLanguage: 'nl',
} as const;

function level(page: unknown, styleFile: string | null = null): Level {
  return { page: storedOfferPage.parse(page), styleFile };
}

const question = (id: string) => ({ id, kind: 'text', label: { en: id } });
const publisher = level(
  {
    branding: {
      productName: 'Contoso',
      links: { terms: 'https://contoso.example/terms' },
      colours: { accent: '#0b5cad' },
      defaultLanguage: 'fr',
    },
    texts: { de: { 'frame.copy': 'vom Haus', 'frame.signOut': 'Gehen' } },
    questions: [question('company')],
  },
  'publisher.css',
);
const offer = level({
  branding: { productName: 'Analytics', productUrl: 'https://analytics.example' },
  texts: { de: { 'frame.copy': 'vom Angebot' } },
});

describe('each setting comes from the nearest level that has it', () => {
  test("without any level, the installation's settings apply", () => {
    expect(resolvePage([], installation, undefined)).toEqual({
      product: {
        ...installation.product,
        supportUrl: undefined,
        termsUrl: undefined,
        privacyUrl: undefined,
      },
      logoFile: undefined,
      styleFile: undefined,
      defaultLanguage: 'nl',
      overrides: {},
      questions: [],
    });
  });

  test('branding is merged per field, texts per key, and questions come from one level', () => {
    const resolved = resolvePage([offer, publisher], installation, 'growth');
    expect(resolved.product).toMatchObject({
      name: 'Analytics',
      url: 'https://analytics.example',
      termsUrl: 'https://contoso.example/terms',
      supportEmail: 'a@landfall.example',
    });
    expect(resolved.styleFile).toBe('publisher.css');
    expect(resolved.defaultLanguage).toBe('fr');
    expect(resolved.overrides).toEqual({
      de: { 'frame.copy': 'vom Angebot', 'frame.signOut': 'Gehen' },
    });
    expect(resolved.questions.map(({ id }) => id)).toEqual(['company']);
  });

  test('an empty list of questions asks none', () => {
    const plan = level({ questions: [] });
    expect(resolvePage([plan, offer, publisher], installation, 'growth').questions).toEqual([]);
  });
});

test("a text is shown in the reader's language, else the default, else any, and names its language", () => {
  const text = { de: 'Firma', fr: 'Société' };
  const shown = (language: 'de' | 'en', fallback: 'fr' | 'ja') =>
    inLanguage(text, { language, fallback });
  expect(shown('de', 'fr')).toEqual({ text: 'Firma', otherLanguage: undefined });
  expect(shown('en', 'fr')).toEqual({ text: 'Société', otherLanguage: 'fr' });
  expect(shown('en', 'ja')).toEqual({ text: 'Firma', otherLanguage: 'de' });
});
