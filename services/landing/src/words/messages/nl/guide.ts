import type { Translation } from '../../translation.ts';
import type { guide as source } from '../en/guide.ts';

export const guide = {
  'guide.title': 'Stel uw aankoop in',
  'guide.lead':
    'Open {product} vanaf de plek waar u het hebt gekocht om het in te stellen. Aan de link daar zien we welke aankoop van u is.',
  'guide.signIn': 'Aanmelden om uw aankoop te zien',
  'guide.expired': 'Deze link werkt niet meer',
  'guide.expiredLead':
    'Links van Microsoft werken 24 uur. Dit heeft geen gevolgen voor uw aankoop: open deze opnieuw om een nieuwe link te krijgen.',
  'guide.confirming': 'We zijn uw aankoop nog aan het bevestigen',
  'guide.confirmingLead':
    'We hebben uw aankoop nog niet bij Microsoft kunnen bevestigen. We blijven het proberen. U kunt deze pagina open laten of binnen 24 uur terugkomen.',
  'guide.unconfirmed': 'We hebben uw aankoop niet kunnen bevestigen',
  'guide.unconfirmedLead':
    'Microsoft herkent deze link niet. Dit heeft geen gevolgen voor uw aankoop: open deze opnieuw om een nieuwe link te krijgen. Zolang deze pagina open is, blijven we ook deze link controleren.',
  'guide.inAzure': 'In de Azure-portal',
  'guide.azure.open': 'Ga naar <link>portal.azure.com</link> en open <b>SaaS</b>.',
  'guide.choose': 'Selecteer het abonnement.',
  'guide.azure.configure': 'Selecteer <b>Account nu configureren</b> of <b>Account beheren</b>.',
  'guide.inAdminCenter': 'In het Microsoft 365-beheercentrum',
  'guide.admin.open':
    'Ga naar <link>admin.microsoft.com</link> en open <b>Facturering</b> en <b>Uw producten</b>.',
  'guide.admin.configure': 'Selecteer <b>Account configureren</b> of <b>Account beheren</b>.',
} as const satisfies Translation<typeof source>;
