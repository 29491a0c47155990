import type { Translation } from '../../translation.ts';
import type { confirm as source } from '../en/confirm.ts';

export const confirm = {
  'confirm.title': 'Bestätigen Sie Ihren Kauf',
  'confirm.titleLink': 'Verknüpfen Sie Ihr Abonnement',
  'confirm.lead':
    'Sie haben {product} bei Microsoft gekauft. Prüfen Sie, ob alles stimmt. Die Abrechnung beginnt erst, wenn Sie bestätigt haben.',
  'confirm.leadLink':
    'Dieses Abonnement ist aktiv. Verknüpfen Sie es mit Ihrem Konto, dann können Sie es nutzen.',
  'confirm.failedBefore':
    'Die letzte Aktivierung ist fehlgeschlagen, es wurde nichts berechnet. Sie können erneut bestätigen.',
  'confirm.submit': 'Bestätigen und aktivieren',
  'confirm.submitLink': 'Mit meinem Konto verknüpfen',
  'confirm.noteLink': 'An Ihrem Plan und seinem Preis ändert sich nichts.',
  'confirm.note':
    'Danach bitten wir Microsoft, das Abonnement zu aktivieren. Das dauert meist weniger als zwei Minuten. Einen Kauf, den niemand bestätigt, storniert Microsoft nach 30 Tagen, ohne ihn je zu berechnen.',
  'confirm.daysLeft':
    '{days, plural, =0 {Heute ist der letzte Tag für die Bestätigung.} one {Für die Bestätigung bleibt noch # Tag.} other {Für die Bestätigung bleiben noch # Tage.}}',
  'confirm.email': 'Kontakt-E-Mail-Adresse',
  'confirm.emailOfCustomer': 'Kontakt-E-Mail-Adresse des Kunden',
  'confirm.emailHelp': 'Für Nachrichten zu diesem Abonnement. Es ist kein Anmeldename.',
  'confirm.emailProblem': 'Bitte geben Sie eine E-Mail-Adresse wie name@example.com ein.',
  'confirm.forCustomer':
    'Sie sind für den Partner angemeldet, der dies gekauft hat. Das Abonnement ist für die Organisation des Kunden bestimmt und wird ihr gehören, nicht Ihnen.',
  'confirm.customer': 'Kunde:',
  'confirm.ownerUnknown':
    'Microsoft hat uns nicht mitgeteilt, für welche Organisation dieser Kauf bestimmt ist. Deshalb können wir nicht prüfen, ob es Ihre ist.',
  'confirm.onBehalf': 'Ich richte es im Auftrag dieses Kunden ein.',
  'confirm.entitled': 'Ich bin berechtigt, es für meine Organisation einzurichten.',
  'confirm.tickProblem': 'Bitte bestätigen Sie dies, bevor Sie fortfahren.',
} as const satisfies Translation<typeof source>;
