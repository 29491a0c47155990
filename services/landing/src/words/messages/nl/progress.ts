import type { Translation } from '../../translation.ts';
import type { progress as source } from '../en/progress.ts';

export const progress = {
  'progress.step.recorded': 'Aankoop bevestigd',
  'progress.step.space.waiting': 'Uw werkruimte inrichten',
  'progress.step.space.current': 'Uw werkruimte wordt ingericht',
  'progress.step.space.done': 'Werkruimte ingericht',
  'progress.step.requested.waiting': 'Activering aanvragen bij Microsoft',
  'progress.step.requested.current': 'Activering wordt aangevraagd bij Microsoft',
  'progress.step.requested.done': 'Activering aangevraagd bij Microsoft',
  'progress.step.confirmed.waiting': 'Bevestiging van Microsoft',
  'progress.step.confirmed.current': 'Wachten op bevestiging van Microsoft',
  'progress.step.confirmed.done': 'Bevestigd door Microsoft',
  'progress.step.ready': 'Klaar voor gebruik',
  'progress.recorded': 'Bedankt. We gaan aan de slag',
  'progress.provisioning': 'Uw werkruimte wordt ingericht',
  'progress.requested': 'Uw abonnement wordt geactiveerd',
  'progress.received': 'Wachten op bevestiging van Microsoft',
  'progress.settingUp': 'Bijna klaar: uw werkruimte wordt ingericht',
  'progress.ready': 'Klaar voor gebruik',
  'progress.unready': 'Uw werkruimte is nog niet klaar',
  'progress.failed': 'De activering is mislukt',
  'progress.suspended': 'Uw betaling is niet gelukt',
  'progress.ended': 'Dit abonnement is beëindigd',
  'progress.done': '(klaar)',
  'progress.current': '(bezig)',
  'progress.waiting': '(nog te doen)',
  'progress.stale': 'We kunnen de laatste status nu niet ophalen. Deze pagina blijft het proberen.',
  'progress.readyLead': 'Uw abonnement op {product} is actief.',
  'progress.readyNote':
    'Ga naar de plek waar u hebt gekocht om het plan of de licenties te wijzigen of om op te zeggen. Van daaruit kunt u ook deze pagina weer openen.',
  'progress.unreadyLead':
    'Microsoft heeft uw abonnement bevestigd, maar we konden uw werkruimte in {product} nog niet volledig inrichten. We hebben hiervan bericht gekregen en deze pagina wordt bijgewerkt zodra alles klaar is. Kunt u niet wachten, neem dan contact op met support en geef de onderstaande code door.',
  'progress.suspendedLead':
    'Microsoft kon uw betaling niet innen en heeft het abonnement opgeschort. Uw gegevens zijn veilig.',
  'progress.whatToDo': 'Bekijk wat u kunt doen',
  'progress.endedLead':
    'Het is opgezegd of nooit geactiveerd. Er wordt niets meer in rekening gebracht.',
  'progress.buyAgain': 'Opnieuw kopen',
  'progress.underwayLead':
    'Dit duurt meestal minder dan twee minuten. U kunt deze pagina sluiten en later terugkomen: wij gaan door.',
  'progress.spaceLead':
    'We maken {product} voor u klaar. U kunt deze pagina sluiten en later terugkomen: wij gaan door.',
  'progress.slow':
    'Dit duurt langer dan gebruikelijk. We zijn er nog mee bezig en er gaat niets verloren. U kunt deze pagina sluiten en later terugkomen. Hebt u een vraag, geef support dan de onderstaande code.',
  'progress.failedLead': 'Er is niets in rekening gebracht. U kunt het nu opnieuw proberen.',
  'progress.tryAgain': 'Opnieuw proberen',
  'progress.failedNote':
    'Mislukt het weer, neem dan contact op met support en geef de onderstaande code door, zodat de oorzaak kan worden gevonden. Wordt de aankoop niet binnen 30 dagen geactiveerd, dan annuleert Microsoft deze en wordt er niets in rekening gebracht.',
} as const satisfies Translation<typeof source>;
