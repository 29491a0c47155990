import type { Translation } from '../../translation.ts';
import type { standing as source } from '../en/standing.ts';

export const standing = {
  'standing.active': 'Uw abonnement is actief',
  'standing.byPartner':
    'Een partner heeft dit voor u gekocht. Vraag de partner om het plan of de licenties te wijzigen of om op te zeggen.',
  'standing.whereBought':
    'Wilt u uw plan of licenties wijzigen of opzeggen? Dat doet u waar u het hebt gekocht: in de <azure>Azure-portal</azure> of het <admin>Microsoft 365-beheercentrum</admin>.',
  'standing.suspended': 'Uw betaling is niet gelukt',
  'standing.suspendedLead':
    'Microsoft kon uw betaling niet innen en heeft dit abonnement opgeschort. <b>Uw gegevens zijn veilig.</b> Zodra de betaling lukt, werkt alles weer als voorheen.',
  'standing.suspendedEnds':
    'Als u niet betaalt, beëindigt Microsoft het abonnement definitief {days} dagen na de opschorting.',
  'standing.suspendedEndsOn':
    'Als u niet betaalt, beëindigt Microsoft het abonnement definitief {days} dagen na de opschorting, rond <b>{date}</b>.',
  'standing.askPartner':
    'Een partner heeft dit voor u gekocht. Vraag de partner om de betaling te regelen.',
  'standing.settle': 'Betalen bij Microsoft',
  'standing.adminCenter': 'Microsoft 365-beheercentrum',
  'standing.ended': 'Dit abonnement is beëindigd',
  'standing.endedLead':
    'Het kan niet opnieuw worden gestart. Koop een nieuw abonnement om {product} weer te gebruiken.',
  'standing.buyAgain': 'Opnieuw kopen',
  'standing.endedSubscription': 'Beëindigd abonnement',
  'standing.endedOn': 'Beëindigd op',
  'standing.endedWhy': 'Reden',
  'standing.why.cancelledBy': 'Opgezegd door {name}',
  'standing.why.cancelled': 'Opgezegd op de pagina van het abonnement',
  'standing.why.bySeller': 'Opgezegd door de aanbieder',
  'standing.why.payment': 'De betaling is niet gelukt',
  'standing.why.notRenewed': 'De periode liep af en automatische verlenging stond uit',
  'standing.why.notActivated': 'De aankoop is nooit geactiveerd',
  'standing.why.elsewhere': 'Opgezegd waar het is gekocht, of door Microsoft',
  'standing.endedData': 'Hebt u er nog gegevens uit nodig? Neem dan snel contact op met support.',
  'standing.endedDataUntil':
    'We bewaren uw gegevens tot {date} en wissen ze daarna. Hebt u ze nog nodig? Neem dan vóór die datum contact op met support.',
  'standing.preparing': 'Uw aankoop wordt voorbereid',
  'standing.preparingLead':
    'Microsoft is nog niet klaar. Deze pagina wordt automatisch bijgewerkt, u hoeft niets te doen.',
  'standing.lookAgain': 'Nu opnieuw controleren',
  'standing.stranger': 'Deze aankoop is voor een andere organisatie',
  'standing.strangerLead':
    'Deze aankoop is niet gedaan met het account waarmee u bent aangemeld en is er ook niet voor bedoeld. Om de eigenaar te beschermen, tonen we geen details. Er is niets gewijzigd.',
  'standing.strangerNote':
    'Hebt u de link van een collega of partner gekregen? Dan moet iemand van de andere organisatie de link openen.',
} as const satisfies Translation<typeof source>;
