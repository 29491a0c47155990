import type { Translation } from '../../translation.ts';
import type { progress as source } from '../en/progress.ts';

export const progress = {
  'progress.step.recorded': 'U hebt de aankoop bevestigd',
  'progress.step.space': 'Uw omgeving wordt ingericht',
  'progress.step.requested': 'Activering aangevraagd bij Microsoft',
  'progress.step.received': 'Ontvangen door Microsoft',
  'progress.step.confirmed': 'Bevestigd door Microsoft',
  'progress.step.ready': 'Klaar voor gebruik',
  'progress.step.confirmedReady': 'Bevestigd door Microsoft, klaar voor gebruik',
  'progress.recorded': 'Dank u. We gaan aan de slag',
  'progress.provisioning': 'Uw omgeving wordt gemaakt',
  'progress.requested': 'Aanvraag bij Microsoft loopt',
  'progress.received': 'Wachten op de bevestiging van Microsoft',
  'progress.settingUp': 'Microsoft heeft bevestigd, uw omgeving wordt gemaakt',
  'progress.ready': 'Klaar voor gebruik',
  'progress.unready': 'Uw omgeving kon nog niet worden gemaakt',
  'progress.failed': 'De activering is niet gelukt',
  'progress.suspended': 'De betaling ontbreekt',
  'progress.ended': 'Dit abonnement is beëindigd',
  'progress.done': '(klaar)',
  'progress.current': '(bezig)',
  'progress.waiting': '(volgt)',
  'progress.stale':
    'De laatste stand is op dit moment niet op te halen. Deze pagina blijft het proberen.',
  'progress.readyLead': 'Uw abonnement op {product} is actief.',
  'progress.readyNote':
    'Plan, licenties en opzegging beheert u op de plaats waar u hebt gekocht. Van daaruit komt u ook terug op deze pagina.',
  'progress.unreadyLead':
    'Microsoft heeft uw abonnement bevestigd, maar uw omgeving in {product} kon nog niet worden gemaakt. Wij zijn hiervan op de hoogte. Deze pagina laat het zien zodra de omgeving klaar is. Kunt u niet wachten, neem dan contact op met ondersteuning en vermeld de onderstaande code.',
  'progress.suspendedLead':
    'Microsoft kon de betaling niet innen en heeft het abonnement onderbroken. Uw gegevens zijn veilig.',
  'progress.whatToDo': 'Wat u kunt doen',
  'progress.endedLead':
    'Het is opgezegd of niet geactiveerd. Er wordt niets meer voor in rekening gebracht.',
  'progress.buyAgain': 'Opnieuw kopen',
  'progress.underwayLead':
    'Dit duurt meestal minder dan twee minuten. U kunt deze pagina sluiten en later terugkomen: het werk gaat gewoon door.',
  'progress.slow':
    'Dit duurt langer dan gewoonlijk. Wij gaan ermee door en er gaat niets verloren. Wilt u ernaar vragen, geef de ondersteuning dan de code hieronder.',
  'progress.failedLead':
    'Er is niets in rekening gebracht. U kunt het meteen opnieuw proberen, zo vaak als u wilt.',
  'progress.tryAgain': 'Opnieuw proberen',
  'progress.failedNote':
    'Mislukt het opnieuw, neem dan contact op met ondersteuning en vermeld de onderstaande code: zij zien de reden. Een aankoop die niet binnen 30 dagen wordt geactiveerd, wordt door Microsoft geannuleerd en nooit in rekening gebracht.',
} as const satisfies Translation<typeof source>;
