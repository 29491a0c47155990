import type { Translation } from '../../translation.ts';
import type { progress as source } from '../en/progress.ts';

export const progress = {
  'progress.step.recorded': 'Sie haben den Kauf bestätigt',
  'progress.step.space': 'Ihr Bereich wird eingerichtet',
  'progress.step.requested': 'Aktivierung bei Microsoft angefordert',
  'progress.step.received': 'Bei Microsoft eingegangen',
  'progress.step.confirmed': 'Von Microsoft bestätigt',
  'progress.step.ready': 'Einsatzbereit',
  'progress.step.confirmedReady': 'Von Microsoft bestätigt und einsatzbereit',
  'progress.recorded': 'Vielen Dank. Wir beginnen jetzt',
  'progress.provisioning': 'Ihr Bereich wird eingerichtet',
  'progress.requested': 'Anfrage bei Microsoft läuft',
  'progress.received': 'Warten auf die Bestätigung von Microsoft',
  'progress.settingUp': 'Microsoft hat bestätigt, Ihr Bereich wird eingerichtet',
  'progress.ready': 'Einsatzbereit',
  'progress.unready': 'Ihr Bereich konnte noch nicht eingerichtet werden',
  'progress.failed': 'Die Aktivierung ist fehlgeschlagen',
  'progress.suspended': 'Die Zahlung steht aus',
  'progress.ended': 'Dieses Abonnement ist beendet',
  'progress.done': '(erledigt)',
  'progress.current': '(läuft)',
  'progress.waiting': '(ausstehend)',
  'progress.stale': 'Der neueste Stand ist gerade nicht abrufbar. Diese Seite versucht es weiter.',
  'progress.readyLead': 'Ihr Abonnement von {product} ist aktiv.',
  'progress.readyNote':
    'Plan, Lizenzen und Kündigung verwalten Sie dort, wo Sie gekauft haben. Von dort kommen Sie auch auf diese Seite zurück.',
  'progress.unreadyLead':
    'Microsoft hat Ihr Abonnement bestätigt, aber Ihr Bereich in {product} konnte noch nicht eingerichtet werden. Wir wurden darüber informiert. Diese Seite zeigt es an, sobald er bereit ist. Wenn Sie nicht warten können, wenden Sie sich mit dem unten stehenden Code an den Support.',
  'progress.suspendedLead':
    'Microsoft konnte die Zahlung nicht einziehen und hat das Abonnement ausgesetzt. Ihre Daten sind sicher.',
  'progress.whatToDo': 'Was Sie tun können',
  'progress.endedLead':
    'Es wurde gekündigt oder nicht aktiviert. Dafür wird nichts mehr berechnet.',
  'progress.buyAgain': 'Erneut kaufen',
  'progress.underwayLead':
    'Das dauert meist weniger als zwei Minuten. Sie können diese Seite schließen und später zurückkommen, die Arbeit geht ohne sie weiter.',
  'progress.slow':
    'Das dauert länger als üblich. Wir arbeiten weiter daran, es geht nichts verloren. Wenn Sie nachfragen möchten, nennen Sie dem Support den unten stehenden Code.',
  'progress.failedLead':
    'Es wurde nichts berechnet. Sie können es sofort und beliebig oft erneut versuchen.',
  'progress.tryAgain': 'Erneut versuchen',
  'progress.failedNote':
    'Wenn es erneut fehlschlägt, wenden Sie sich mit dem unten stehenden Code an den Support, der den Grund sieht. Einen Kauf, der nicht innerhalb von 30 Tagen aktiviert wird, storniert Microsoft, ohne ihn je zu berechnen.',
} as const satisfies Translation<typeof source>;
