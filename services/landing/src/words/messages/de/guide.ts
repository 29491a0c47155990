import type { Translation } from '../../translation.ts';
import type { guide as source } from '../en/guide.ts';

export const guide = {
  'guide.title': 'Richten Sie Ihren Kauf ein',
  'guide.lead':
    'Um den Kauf von {product} abzuschließen, kommen Sie von dort hierher, wo Sie gekauft haben. Der Link dort teilt uns mit, welcher Kauf Ihrer ist.',
  'guide.signIn': 'Anmelden, um Ihren Kauf zu sehen',
  'guide.expired': 'Dieser Link ist nicht mehr gültig',
  'guide.expiredLead':
    'Microsoft konnte uns nicht mitteilen, zu welchem Kauf er gehört. Solche Links gelten 24 Stunden. Ihr Kauf selbst ist davon nicht betroffen: Öffnen Sie ihn erneut, dann erhalten Sie einen neuen Link.',
  'guide.inAzure': 'Im Azure-Portal',
  'guide.azure.open': 'Öffnen Sie <link>portal.azure.com</link> und dort <b>SaaS</b>.',
  'guide.choose': 'Wählen Sie das Abonnement aus.',
  'guide.azure.configure':
    'Wählen Sie <b>Konto jetzt konfigurieren</b> oder <b>Konto verwalten</b>.',
  'guide.inAdminCenter': 'Im Microsoft 365 Admin Center',
  'guide.admin.open':
    'Öffnen Sie <link>admin.microsoft.com</link>, dann <b>Abrechnung</b> und <b>Ihre Produkte</b>.',
  'guide.admin.configure': 'Wählen Sie <b>Konto konfigurieren</b> oder <b>Konto verwalten</b>.',
} as const satisfies Translation<typeof source>;
