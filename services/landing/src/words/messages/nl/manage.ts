import type { Translation } from '../../translation.ts';
import type { manage as source } from '../en/manage.ts';

export const manage = {
  'manage.list.title': 'Uw abonnementen',
  'manage.list.lead': 'Alles wat u met dit account kunt bekijken of beheren.',
  'manage.list.empty': 'Voor dit account is hier nog niets',
  'manage.list.emptyHelp':
    'Open een abonnement vanaf de plek waar het is gekocht. Als een collega het beheert, vraag dan om het adres van de pagina en daar om toegang.',
  'manage.list.more': 'Oudere tonen',
  'manage.list.back': 'Al uw abonnementen',
  'manage.status.active': 'Actief',
  'manage.status.trial': 'Gratis proefversie',
  'manage.status.suspended': 'Betaling ontbreekt',
  'manage.status.ended': 'Beëindigd',
  'manage.status.pending': 'Nog niet actief',
  'manage.title': 'Uw abonnement beheren',
  'manage.sentence.renews': 'Uw abonnement is actief en wordt verlengd op {date}.',
  'manage.sentence.ends':
    'Uw abonnement is actief tot en met {date} en wordt daarna niet verlengd.',
  'manage.sentence.trialRenews':
    'Uw gratis proefversie loopt tot en met {date}. Daarna begint de eerste betaalde looptijd.',
  'manage.sentence.trialEnds': 'Uw gratis proefversie loopt tot en met {date} en eindigt dan.',
  'manage.sentence.active': 'Uw abonnement is actief.',
  'manage.facts.renewal': 'Volgende verlenging',
  'manage.facts.end': 'Laatste dag',
  'manage.facts.role': 'Uw rol',
  'manage.changePlan': 'Plan wijzigen',
  'manage.changeSeats': 'Licenties wijzigen',
  'manage.cancel': 'Abonnement opzeggen',
  'manage.usage.title': 'Verbruik in deze looptijd',
  'manage.usage.since': 'Sinds {date}. De laatste minuten kunnen nog ontbreken.',
  'manage.usage.none': 'In dit plan wordt niets gemeten, of er is nog niets verbruikt.',
  'manage.usage.unknown': 'Het verbruik kan nu niet worden getoond. Het wordt wel vastgelegd.',
  'manage.usage.of': '{used} van {included} inbegrepen',
  'manage.usage.unlimited': '{used}, zonder limiet',
  'manage.usage.plain': '{used} verbruikt',
  'manage.usage.above': '{overage} boven wat inbegrepen is, berekend naar verbruik',
  'manage.usage.plan': 'in het plan {plan}',
  'manage.people.title': 'Personen',
  'manage.people.waiting':
    '{count, plural, one {# persoon vraagt om toegang} other {# personen vragen om toegang}}',
  'manage.people.open': 'Personen en rollen',
  'manage.history.title': 'Geschiedenis',
  'manage.history.all': 'Volledige geschiedenis',
  'manage.back': 'Terug naar het abonnement',
  'manage.refused.title': 'Dit kan nu niet',
  'manage.refused.unchanged': 'Er is niets gewijzigd.',
  'manage.why.partner':
    'Een partner heeft dit abonnement voor uw organisatie gekocht. Plan, licenties en opzegging worden door de partner gewijzigd; het resultaat verschijnt hier vanzelf.',
  'manage.why.marketplace':
    'Microsoft staat deze wijziging vanaf hier niet toe. Doe dit waar het abonnement is gekocht: in <azure>Azure Portal</azure> of het <m365>Microsoft 365-beheercentrum</m365>.',
  'manage.why.suspended':
    'Zolang de betaling ontbreekt, blijven plan en licenties zoals ze zijn. Regel eerst de betaling bij Microsoft.',
  'manage.why.pending':
    'Het abonnement is nog niet actief. Zodra het actief is, kan het worden gewijzigd.',
  'manage.why.ended': 'Het abonnement is beëindigd en kan niet meer worden gewijzigd.',
  'manage.why.busy':
    'Er loopt al een andere wijziging. Zodra het resultaat daarvan bekend is, kunt u de volgende doen.',
  'manage.why.flatRate':
    'Het plan wordt niet per licentie verkocht, dus er zijn geen licenties om te wijzigen.',
  'manage.why.noOtherPlan': 'Er is geen ander plan waarnaar dit abonnement kan overstappen.',
  'manage.why.planUnknown':
    'Het abonnement kan niet naar dit plan overstappen. Kies een plan uit de lijst.',
  'manage.why.planRefused': 'Dit plan is niet beschikbaar voor uw abonnement.',
  'manage.why.samePlan': 'Dit plan geldt al.',
  'manage.why.sameSeats': 'Dit aantal licenties geldt al.',
  'manage.why.seatsInvalid': 'Dit aantal licenties is in het plan niet mogelijk.',
  'manage.why.changedMeanwhile':
    'Het abonnement is gewijzigd sinds u het formulier opende. Bekijk het nog eens voordat u verdergaat.',
  'manage.why.other': 'Open het abonnement opnieuw en probeer het nog eens.',
  'manage.denied.title': 'Uw rol staat dit niet toe',
  'manage.denied.change':
    'U kunt dit abonnement bekijken. Plan en licenties worden gewijzigd door een eigenaar of beheerder:',
  'manage.denied.people': 'Personen worden beheerd door een eigenaar of beheerder:',
  'manage.denied.cancel': 'Het abonnement kan worden opgezegd door een eigenaar:',
} as const satisfies Translation<typeof source>;
