import type { Translation } from '../../translation.ts';
import type { manage as source } from '../en/manage.ts';

export const manage = {
  'manage.list.title': 'Uw abonnementen',
  'manage.list.lead': 'Abonnementen die u met dit account kunt bekijken of beheren.',
  'manage.list.empty': 'Nog geen abonnementen',
  'manage.list.emptyHelp':
    'Open een abonnement vanaf de plek waar u het hebt gekocht. Als een collega het beheert, vraag dan om de link naar de pagina en vraag daar toegang aan.',
  'manage.list.more': 'Oudere tonen',
  'manage.list.back': 'Alle abonnementen',
  'manage.which': 'Abonnement',
  'manage.which.since': 'Sinds {date}',
  'manage.which.id': 'ID {id}',
  'manage.status.active': 'Actief',
  'manage.status.trial': 'Gratis proefversie',
  'manage.status.suspended': 'Betaling nodig',
  'manage.status.ended': 'Beëindigd',
  'manage.status.pending': 'Nog niet actief',
  'manage.title': 'Uw abonnement beheren',
  'manage.sentence.renews': 'Uw abonnement is actief en wordt verlengd op {date}.',
  'manage.sentence.ends': 'Uw abonnement is actief tot {date} en wordt niet verlengd.',
  'manage.sentence.trialRenews':
    'Uw gratis proefversie loopt tot {date}. Daarna begint uw eerste betaalde periode.',
  'manage.sentence.trialEnds': 'Uw gratis proefversie eindigt op {date}.',
  'manage.sentence.active': 'Uw abonnement is actief.',
  'manage.facts.role': 'Uw rol',
  'manage.changePlan': 'Plan wijzigen',
  'manage.changeSeats': 'Licenties wijzigen',
  'manage.cancel': 'Abonnement opzeggen',
  'manage.usage.title': 'Gebruik in deze periode',
  'manage.usage.since': 'Sinds {date}. De laatste minuten kunnen ontbreken.',
  'manage.usage.unknown': 'We kunnen uw gebruik nu niet tonen. Het wordt wel geregistreerd.',
  'manage.usage.of': '{used} van {included} inbegrepen',
  'manage.usage.unlimited': '{used} gebruikt, onbeperkt',
  'manage.usage.plain': '{used} gebruikt',
  'manage.usage.above': '{overage} boven de inbegrepen hoeveelheid, gefactureerd als gebruik',
  'manage.usage.billed': '{overage} gefactureerd als gebruik',
  'manage.usage.refused': '{refused} niet gefactureerd',
  'manage.usage.plan': 'in het plan {plan}',
  'manage.people.title': 'Personen',
  'manage.people.waiting':
    '{count, plural, one {# persoon heeft toegang aangevraagd} other {# personen hebben toegang aangevraagd}}',
  'manage.people.open': 'Personen en rollen beheren',
  'manage.history.title': 'Geschiedenis',
  'manage.history.all': 'Volledige geschiedenis',
  'manage.back': 'Terug naar abonnement',
  'manage.refused.title': 'Dit is nu niet mogelijk',
  'manage.refused.unchanged': 'Er is niets gewijzigd.',
  'manage.why.partner':
    'Een partner heeft dit abonnement voor uw organisatie gekocht. Vraag de partner om het plan of de licenties te wijzigen of om op te zeggen. Het resultaat verschijnt hier automatisch.',
  'manage.why.marketplace':
    'Microsoft staat deze wijziging hier niet toe. Voer deze door waar u het abonnement hebt gekocht: in de <azure>Azure-portal</azure> of het <m365>Microsoft 365-beheercentrum</m365>.',
  'manage.why.suspended':
    'U kunt het plan en de licenties pas wijzigen als uw betaling is gelukt. Regel die eerst bij Microsoft.',
  'manage.why.pending':
    'Uw abonnement is nog niet actief. Zodra het actief is, kunt u het wijzigen.',
  'manage.why.ended': 'Uw abonnement is beëindigd en kan niet meer worden gewijzigd.',
  'manage.why.busy': 'Er wordt al een wijziging doorgevoerd. Daarna kunt u de volgende doen.',
  'manage.why.flatRate':
    'Uw plan wordt niet per licentie verkocht, dus er zijn geen licenties om te wijzigen.',
  'manage.why.noOtherPlan': 'Er is geen ander plan waarnaar u kunt overstappen.',
  'manage.why.planUnknown': 'U kunt niet naar dit plan overstappen. Kies er een uit de lijst.',
  'manage.why.planRefused': 'Dit plan is niet beschikbaar voor uw abonnement.',
  'manage.why.samePlan': 'U hebt dit plan al.',
  'manage.why.sameSeats': 'U hebt dit aantal licenties al.',
  'manage.why.seatsInvalid': 'Uw plan staat dit aantal licenties niet toe.',
  'manage.why.changedMeanwhile':
    'Uw abonnement is gewijzigd nadat u dit formulier hebt geopend. Controleer het voordat u doorgaat.',
  'manage.why.refusedOften':
    'In het afgelopen uur zijn te veel van uw aanvragen geweigerd. Probeer het later opnieuw.',
  'manage.why.other': 'Open uw abonnement en probeer het opnieuw.',
  'manage.denied.title': 'Uw rol staat dit niet toe',
  'manage.denied.change':
    'U kunt dit abonnement bekijken. Een eigenaar of beheerder kan het plan en de licenties wijzigen:',
  'manage.denied.people': 'Een eigenaar of beheerder kan personen beheren:',
  'manage.denied.cancel': 'Een eigenaar kan het abonnement opzeggen:',
} as const satisfies Translation<typeof source>;
