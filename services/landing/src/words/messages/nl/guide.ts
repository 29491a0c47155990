import type { Translation } from '../../translation.ts';
import type { guide as source } from '../en/guide.ts';

export const guide = {
  'guide.title': 'Stel uw aankoop in',
  'guide.lead':
    'Om de aankoop van {product} te voltooien, komt u hierheen vanaf de plaats waar u hebt gekocht. De koppeling daar vertelt ons welke aankoop van u is.',
  'guide.signIn': 'Aanmelden om uw aankoop te zien',
  'guide.expired': 'Deze koppeling is niet meer geldig',
  'guide.expiredLead':
    'Microsoft kon ons niet vertellen bij welke aankoop deze hoort. Zulke koppelingen werken 24 uur. Uw aankoop zelf wordt niet beïnvloed: open deze opnieuw en u krijgt een nieuwe koppeling.',
  'guide.inAzure': 'In Azure Portal',
  'guide.azure.open': 'Ga naar <link>portal.azure.com</link> en open <b>SaaS</b>.',
  'guide.choose': 'Kies het abonnement.',
  'guide.azure.configure': 'Kies <b>Account nu configureren</b> of <b>Account beheren</b>.',
  'guide.inAdminCenter': 'In het Microsoft 365-beheercentrum',
  'guide.admin.open':
    'Ga naar <link>admin.microsoft.com</link>, <b>Facturering</b>, <b>Uw producten</b>.',
  'guide.admin.configure': 'Kies <b>Account configureren</b> of <b>Account beheren</b>.',
} as const satisfies Translation<typeof source>;
