import type { Translation } from '../../translation.ts';
import type { standing as source } from '../en/standing.ts';

export const standing = {
  'standing.active': 'Ihr Abonnement ist aktiv',
  'standing.byPartner':
    'Ein Partner hat dieses Abonnement für Sie gekauft. Bitten Sie den Partner, Plan oder Lizenzen zu ändern oder zu kündigen.',
  'standing.whereBought':
    'Plan oder Lizenzen ändern oder kündigen können Sie dort, wo Sie gekauft haben: im <azure>Azure-Portal</azure> oder im <admin>Microsoft 365 Admin Center</admin>.',
  'standing.suspended': 'Ihre Zahlung ist fehlgeschlagen',
  'standing.suspendedLead':
    'Microsoft konnte Ihre Zahlung nicht einziehen und hat dieses Abonnement gesperrt. <b>Ihre Daten sind sicher.</b> Sobald die Zahlung eingeht, funktioniert alles wie zuvor.',
  'standing.suspendedEnds':
    'Ohne Zahlung beendet Microsoft das Abonnement {days} Tage nach der Sperrung endgültig.',
  'standing.suspendedEndsOn':
    'Ohne Zahlung beendet Microsoft das Abonnement {days} Tage nach der Sperrung endgültig, etwa am <b>{date}</b>.',
  'standing.askPartner':
    'Ein Partner hat dieses Abonnement für Sie gekauft. Bitte wenden Sie sich wegen der Zahlung an den Partner.',
  'standing.settle': 'Bei Microsoft bezahlen',
  'standing.adminCenter': 'Microsoft 365 Admin Center',
  'standing.ended': 'Dieses Abonnement ist beendet',
  'standing.endedLead':
    'Es kann nicht wieder gestartet werden. Um {product} wieder zu nutzen, kaufen Sie ein neues Abonnement.',
  'standing.buyAgain': 'Erneut kaufen',
  'standing.endedSubscription': 'Beendetes Abonnement',
  'standing.endedOn': 'Beendet am',
  'standing.endedWhy': 'Grund',
  'standing.why.cancelledBy': 'Gekündigt von {name}',
  'standing.why.cancelled': 'Auf der Seite des Abonnements gekündigt',
  'standing.why.bySeller': 'Vom Anbieter gekündigt',
  'standing.why.payment': 'Die Zahlung ist fehlgeschlagen',
  'standing.why.notRenewed':
    'Die Laufzeit endete, und die automatische Verlängerung war ausgeschaltet',
  'standing.why.notActivated': 'Der Kauf wurde nie aktiviert',
  'standing.why.elsewhere': 'Dort gekündigt, wo es gekauft wurde, oder von Microsoft',
  'standing.endedData': 'Wenn Sie noch Daten daraus brauchen, wenden Sie sich bald an den Support.',
  'standing.endedDataUntil':
    'Wir bewahren Ihre Daten bis {date} auf und löschen sie dann. Wenn Sie sie noch brauchen, wenden Sie sich vorher an den Support.',
  'standing.preparing': 'Ihr Kauf wird vorbereitet',
  'standing.preparingLead':
    'Microsoft ist noch nicht fertig. Diese Seite aktualisiert sich automatisch, Sie müssen nichts tun.',
  'standing.lookAgain': 'Jetzt erneut prüfen',
  'standing.stranger': 'Dieser Kauf ist für eine andere Organisation',
  'standing.strangerLead':
    'Dieser Kauf wurde nicht mit dem Konto getätigt, mit dem Sie angemeldet sind, und ist nicht für dieses Konto bestimmt. Zum Schutz des Besitzers zeigen wir keine Einzelheiten. Es wurde nichts geändert.',
  'standing.strangerNote':
    'Wenn Ihnen jemand aus Ihrer Organisation oder ein Partner den Link geschickt hat, muss ihn jemand aus der anderen Organisation öffnen.',
} as const satisfies Translation<typeof source>;
