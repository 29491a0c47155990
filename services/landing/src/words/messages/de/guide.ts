import type { Translation } from '../../translation.ts';
import type { guide as source } from '../en/guide.ts';

export const guide = {
  'guide.title': 'Kauf einrichten',
  'guide.lead':
    'Um {product} einzurichten, öffnen Sie es dort, wo Sie es gekauft haben. Der Link dort sagt uns, welcher Kauf Ihrer ist.',
  'guide.signIn': 'Anmelden und Kauf ansehen',
  'guide.expired': 'Dieser Link funktioniert nicht mehr',
  'guide.expiredLead':
    'Links von Microsoft gelten 24 Stunden. Ihr Kauf ist nicht betroffen: Öffnen Sie ihn erneut, um einen neuen Link zu erhalten.',
  'guide.confirming': 'Wir bestätigen Ihren Kauf noch',
  'guide.confirmingLead':
    'Wir konnten Ihren Kauf bei Microsoft noch nicht bestätigen. Wir versuchen es weiter. Sie können diese Seite geöffnet lassen oder innerhalb von 24 Stunden zurückkommen.',
  'guide.unconfirmed': 'Wir konnten Ihren Kauf nicht bestätigen',
  'guide.unconfirmedLead':
    'Microsoft erkennt diesen Link nicht. Ihr Kauf ist nicht betroffen: Öffnen Sie ihn erneut, um einen neuen Link zu erhalten. Solange diese Seite geöffnet ist, prüfen wir auch diesen Link weiter.',
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
