import type { Translation } from '../../translation.ts';
import type { progress as source } from '../en/progress.ts';

export const progress = {
  'progress.step.recorded': 'Kauf bestätigt',
  'progress.step.space.waiting': 'Arbeitsbereich einrichten',
  'progress.step.space.current': 'Ihr Arbeitsbereich wird eingerichtet',
  'progress.step.space.done': 'Arbeitsbereich eingerichtet',
  'progress.step.requested.waiting': 'Aktivierung bei Microsoft anfordern',
  'progress.step.requested.current': 'Aktivierung wird bei Microsoft angefordert',
  'progress.step.requested.done': 'Aktivierung bei Microsoft angefordert',
  'progress.step.confirmed.waiting': 'Bestätigung durch Microsoft',
  'progress.step.confirmed.current': 'Warten auf die Bestätigung von Microsoft',
  'progress.step.confirmed.done': 'Von Microsoft bestätigt',
  'progress.step.ready': 'Einsatzbereit',
  'progress.recorded': 'Vielen Dank. Es geht los',
  'progress.provisioning': 'Ihr Arbeitsbereich wird eingerichtet',
  'progress.requested': 'Ihr Abonnement wird aktiviert',
  'progress.received': 'Warten auf die Bestätigung von Microsoft',
  'progress.settingUp': 'Fast fertig: Ihr Arbeitsbereich wird eingerichtet',
  'progress.ready': 'Einsatzbereit',
  'progress.unready': 'Ihr Arbeitsbereich ist noch nicht bereit',
  'progress.failed': 'Die Aktivierung ist fehlgeschlagen',
  'progress.suspended': 'Ihre Zahlung ist fehlgeschlagen',
  'progress.ended': 'Dieses Abonnement ist beendet',
  'progress.done': '(erledigt)',
  'progress.current': '(läuft)',
  'progress.waiting': '(ausstehend)',
  'progress.stale':
    'Der aktuelle Stand lässt sich gerade nicht abrufen. Diese Seite versucht es weiter.',
  'progress.readyLead': 'Ihr Abonnement für {product} ist aktiv.',
  'progress.readyNote':
    'Plan oder Lizenzen ändern und kündigen können Sie dort, wo Sie gekauft haben. Von dort können Sie auch diese Seite wieder öffnen.',
  'progress.unreadyLead':
    'Microsoft hat Ihr Abonnement bestätigt, aber Ihr Arbeitsbereich in {product} konnte noch nicht fertig eingerichtet werden. Wir wurden benachrichtigt, und diese Seite wird aktualisiert, sobald er bereit ist. Wenn Sie nicht warten können, wenden Sie sich mit dem Code unten an den Support.',
  'progress.suspendedLead':
    'Microsoft konnte Ihre Zahlung nicht einziehen und hat das Abonnement gesperrt. Ihre Daten sind sicher.',
  'progress.whatToDo': 'Was Sie tun können',
  'progress.endedLead': 'Es wurde gekündigt oder nie aktiviert. Dafür wird nichts mehr berechnet.',
  'progress.buyAgain': 'Erneut kaufen',
  'progress.underwayLead':
    'Das dauert meist weniger als zwei Minuten. Sie können diese Seite schließen und später wiederkommen: Wir machen weiter.',
  'progress.spaceLead':
    'Wir bereiten {product} für Sie vor. Sie können diese Seite schließen und später wiederkommen: Wir machen weiter.',
  'progress.slow':
    'Das dauert länger als üblich. Wir arbeiten weiter daran, es geht nichts verloren. Sie können diese Seite schließen und später wiederkommen. Bei Fragen nennen Sie dem Support den Code unten.',
  'progress.failedLead': 'Es wurde nichts berechnet. Sie können es jetzt erneut versuchen.',
  'progress.tryAgain': 'Erneut versuchen',
  'progress.failedNote':
    'Wenn es erneut fehlschlägt, wenden Sie sich mit dem Code unten an den Support, damit die Ursache gefunden wird. Wird der Kauf nicht innerhalb von 30 Tagen aktiviert, storniert Microsoft ihn und berechnet nichts.',
} as const satisfies Translation<typeof source>;
