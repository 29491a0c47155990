import type { Translation } from '../../translation.ts';
import type { standing as source } from '../en/standing.ts';

export const standing = {
  'standing.active': 'Ihr Abonnement ist aktiv',
  'standing.byPartner':
    'Ein Partner hat dies für Sie gekauft. Plan, Lizenzen und Kündigung ändert der Partner.',
  'standing.whereBought':
    'Plan oder Lizenzen ändern und kündigen können Sie dort, wo Sie gekauft haben: im <azure>Azure-Portal</azure> oder im <admin>Microsoft 365 Admin Center</admin>.',
  'standing.suspended': 'Die Zahlung steht aus',
  'standing.suspendedLead':
    'Microsoft konnte die Zahlung nicht einziehen und hat dieses Abonnement ausgesetzt. <b>Ihre Daten sind sicher.</b> Sobald die Zahlung beglichen ist, funktioniert alles wie zuvor.',
  'standing.suspendedEnds':
    'Ohne Zahlung beendet Microsoft das Abonnement {days} Tage nach der Aussetzung endgültig.',
  'standing.suspendedEndsOn':
    'Ohne Zahlung beendet Microsoft das Abonnement {days} Tage nach der Aussetzung endgültig, voraussichtlich um den <b>{date}</b>.',
  'standing.askPartner':
    'Ein Partner hat dies für Sie gekauft. Bitten Sie den Partner, die Zahlung zu begleichen.',
  'standing.settle': 'Bei Microsoft begleichen',
  'standing.adminCenter': 'Microsoft 365 Admin Center',
  'standing.ended': 'Dieses Abonnement ist beendet',
  'standing.endedLead':
    'Es kann nicht wieder gestartet werden. Wenn Sie {product} weiter nutzen möchten, kaufen Sie es neu. Das neue Abonnement ist von diesem unabhängig.',
  'standing.buyAgain': 'Erneut kaufen',
  'standing.endedSubscription': 'Das beendete Abonnement',
  'standing.endedData':
    'Wenn Sie noch Daten daraus benötigen, wenden Sie sich bitte bald an den Support.',
  'standing.endedDataUntil':
    'Ihre Daten werden bis {date} aufbewahrt und danach gelöscht. Wenn Sie noch etwas davon benötigen, wenden Sie sich bitte vorher an den Support.',
  'standing.preparing': 'Ihr Kauf wird noch vorbereitet',
  'standing.preparingLead':
    'Microsoft hat ihn noch nicht abgeschlossen. Diese Seite sieht von selbst wieder nach, Sie müssen nichts tun.',
  'standing.lookAgain': 'Jetzt nachsehen',
  'standing.stranger': 'Dieser Kauf ist für eine andere Organisation',
  'standing.strangerLead':
    'Sie sind mit einem Konto angemeldet, das dies weder gekauft hat noch dafür vorgesehen ist. Zum Schutz des Eigentümers zeigen wir nichts davon, und es wurde nichts geändert.',
  'standing.strangerNote':
    'Wenn Ihnen eine Kollegin, ein Kollege oder ein Partner den Link geschickt hat, bitten Sie darum, dass ihn jemand aus der Organisation öffnet, für die der Kauf bestimmt ist.',
} as const satisfies Translation<typeof source>;
