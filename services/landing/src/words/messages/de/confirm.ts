import type { Translation } from '../../translation.ts';
import type { confirm as source } from '../en/confirm.ts';

export const confirm = {
  'confirm.title': 'Kauf bestätigen',
  'confirm.titleLink': 'Abonnement verknüpfen',
  'confirm.lead':
    'Prüfen Sie Ihre Bestellung und bestätigen Sie sie, um {product} zu aktivieren. Vorher wird nichts berechnet.',
  'confirm.leadLink':
    'Dieses Abonnement ist bereits aktiv. Verknüpfen Sie es mit Ihrem Konto, um {product} zu nutzen.',
  'confirm.failedBefore':
    'Die letzte Aktivierung ist fehlgeschlagen, es wurde nichts berechnet. Sie können erneut bestätigen.',
  'confirm.restored':
    'Dieses Formular wurde noch nicht gesendet. Ihre Angaben sind noch da: Prüfen Sie sie und bestätigen Sie.',
  'confirm.submit': 'Bestätigen und aktivieren',
  'confirm.submitLink': 'Mit meinem Konto verknüpfen',
  'confirm.noteLink': 'Plan und Preis bleiben unverändert.',
  'confirm.note': 'Danach aktiviert Microsoft Ihr Abonnement, meist innerhalb von zwei Minuten.',
  'confirm.deadline':
    'Bestätigen Sie bis zum {date}. Danach storniert Microsoft den Kauf und berechnet nichts.',
  'confirm.email': 'Kontakt-E-Mail-Adresse',
  'confirm.emailOfCustomer': 'Kontakt-E-Mail-Adresse des Kunden',
  'confirm.emailHelp': 'Für Nachrichten zu diesem Abonnement, nicht zur Anmeldung.',
  'confirm.emailProblem': 'Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.com.',
  'confirm.forCustomer':
    'Sie sind als der Partner angemeldet, der diesen Kauf getätigt hat. Das Abonnement wird der Organisation Ihres Kunden gehören, nicht Ihrer.',
  'confirm.customer': 'Kunde:',
  'confirm.ownerUnknown':
    'Microsoft hat uns nicht mitgeteilt, für welche Organisation dieser Kauf bestimmt ist. Deshalb können wir nicht prüfen, ob es Ihre ist.',
  'confirm.onBehalf': 'Ich richte dies im Auftrag dieses Kunden ein.',
  'confirm.entitled': 'Ich bin berechtigt, dies für meine Organisation einzurichten.',
  'confirm.tickProblem': 'Setzen Sie dieses Häkchen, um fortzufahren.',
} as const satisfies Translation<typeof source>;
