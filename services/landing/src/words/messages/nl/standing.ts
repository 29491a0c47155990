import type { Translation } from '../../translation.ts';
import type { standing as source } from '../en/standing.ts';

export const standing = {
  'standing.active': 'Uw abonnement is actief',
  'standing.byPartner':
    'Een partner heeft dit voor u gekocht. De partner wijzigt plan en licenties en zegt op.',
  'standing.whereBought':
    'Wijzig het plan of de licenties of zeg op waar u hebt gekocht: in <azure>Azure Portal</azure> of het <admin>Microsoft 365-beheercentrum</admin>.',
  'standing.suspended': 'De betaling ontbreekt',
  'standing.suspendedLead':
    'Microsoft kon de betaling niet innen en heeft dit abonnement onderbroken. <b>Uw gegevens zijn veilig.</b> Zodra de betaling in orde is, werkt alles weer als voorheen.',
  'standing.suspendedEnds':
    'Zonder betaling beëindigt Microsoft het abonnement definitief {days} dagen na de onderbreking.',
  'standing.suspendedEndsOn':
    'Zonder betaling beëindigt Microsoft het abonnement definitief {days} dagen na de onderbreking, rond <b>{date}</b>.',
  'standing.askPartner':
    'Een partner heeft dit voor u gekocht. Vraag de partner de betaling in orde te maken.',
  'standing.settle': 'Regelen bij Microsoft',
  'standing.adminCenter': 'Microsoft 365-beheercentrum',
  'standing.ended': 'Dit abonnement is beëindigd',
  'standing.endedLead':
    'Het kan niet opnieuw worden gestart. Wilt u {product} blijven gebruiken, koop het dan opnieuw: het nieuwe abonnement staat los van dit abonnement.',
  'standing.buyAgain': 'Opnieuw kopen',
  'standing.endedSubscription': 'Het beëindigde abonnement',
  'standing.endedData':
    'Hebt u er nog gegevens uit nodig, neem dan snel contact op met ondersteuning.',
  'standing.endedDataUntil':
    'Uw gegevens worden tot {date} bewaard en daarna gewist. Hebt u er nog iets uit nodig, neem dan vóór die tijd contact op met ondersteuning.',
  'standing.preparing': 'Uw aankoop wordt nog voorbereid',
  'standing.preparingLead':
    'Microsoft is er nog niet mee klaar. Deze pagina kijkt vanzelf opnieuw, u hoeft niets te doen.',
  'standing.lookAgain': 'Nu opnieuw kijken',
  'standing.stranger': 'Deze aankoop is voor een andere organisatie',
  'standing.strangerLead':
    'U bent aangemeld met een account dat dit niet heeft gekocht en waarvoor het niet is bedoeld. Om de eigenaar te beschermen tonen we er niets van, en er is niets gewijzigd.',
  'standing.strangerNote':
    'Heeft een collega of partner u de koppeling gestuurd, vraag dan of iemand van de organisatie waarvoor de aankoop bedoeld is, deze opent.',
} as const satisfies Translation<typeof source>;
