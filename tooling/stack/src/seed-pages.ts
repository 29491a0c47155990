import type { World } from './world.ts';

const PUBLISHER = 'contoso';

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">
  <rect width="40" height="40" rx="9" fill="#7d3c98"/>
  <path d="M10 13h20v4h-8v13h-4V17h-8z" fill="#ffffff"/>
</svg>`;

/**
 * What the local publisher says on the buyer's pages: names for its offers, and for Teamdesk a logo,
 * colours, a text of its own and questions, some of them for two plans alone.
 */
export async function setOfferPages({ api }: World): Promise<void> {
  const put = api.offerPages.put.mutate;
  await put({
    publisherId: PUBLISHER,
    page: {
      branding: {
        supportEmail: 'help@contoso.example',
        links: {
          terms: 'https://contoso.example/terms',
          privacy: 'https://contoso.example/privacy',
        },
      },
    },
  });
  for (const [offerId, productName] of [
    ['analytics', 'Contoso Analytics'],
    ['pulse', 'Contoso Pulse'],
  ] as const) {
    await put({ publisherId: PUBLISHER, offerId, page: { branding: { productName } } });
  }
  await put({ publisherId: PUBLISHER, offerId: 'teamdesk', page: teamdesk });
}

type Page = Parameters<World['api']['offerPages']['put']['mutate']>[0]['page'];

const teamdesk: Page = {
  branding: {
    productName: 'Contoso Teamdesk',
    logo: { base64: Buffer.from(LOGO).toString('base64') },
    colours: { accent: '#7d3c98' },
  },
  texts: {
    en: { 'questions.title': 'So that your service desk fits' },
    de: { 'questions.title': 'Damit Ihr Service Desk passt' },
  },
  questions: [
    {
      id: 'company',
      kind: 'text',
      label: {
        en: 'Company',
        de: 'Firma',
        fr: 'Entreprise',
        es: 'Empresa',
        nl: 'Bedrijf',
        ja: '会社名',
      },
      help: { en: 'As your team knows it.', de: 'So wie Ihr Team sie nennt.' },
      max: 80,
      autocomplete: 'organization',
    },
    {
      id: 'address',
      kind: 'text',
      label: { en: 'Address of your desk', de: 'Adresse Ihres Service Desk' },
      help: {
        en: 'Small letters, digits and hyphens.',
        de: 'Kleinbuchstaben, Ziffern und Bindestriche.',
      },
      pattern: '[a-z][a-z0-9\\-]{2,30}',
    },
    {
      id: 'region',
      kind: 'choice',
      label: { en: 'Where your data is kept', de: 'Wo Ihre Daten liegen' },
      required: true,
      choices: [
        { value: 'eu', label: { en: 'European Union', de: 'Europäische Union' } },
        { value: 'us', label: { en: 'United States', de: 'Vereinigte Staaten' } },
      ],
      plans: ['basic', 'trial'],
    },
    {
      id: 'tickets',
      kind: 'number',
      label: { en: 'Tickets a month, about', de: 'Tickets im Monat, ungefähr' },
      min: 0,
      max: 1_000_000,
      integer: true,
    },
    {
      id: 'newsletter',
      kind: 'check',
      label: { en: 'Tell me about new features', de: 'Informieren Sie mich über Neues' },
    },
  ],
};
