import type { Translation } from '../../translation.ts';
import type { history as source } from '../en/history.ts';

export const history = {
  'history.title': 'Geschiedenis',
  'history.empty': 'Er is nog niets gebeurd.',
  'history.older': 'Oudere vermeldingen',
  'history.newest': 'Nieuwste vermeldingen',
  'history.purchased': 'U hebt het plan {plan} gekocht.',
  'history.activationRequested': 'De aankoop is bevestigd en de activering aangevraagd.',
  'history.claimed': 'Het abonnement is aan uw organisatie gekoppeld.',
  'history.activated': 'Microsoft heeft het abonnement geactiveerd.',
  'history.activationFailed': 'De activering is niet gelukt.',
  'history.provisioned': 'Uw werkruimte is ingericht.',
  'history.provisioningFailed': 'Uw werkruimte kon niet worden ingericht.',
  'history.planChanged': 'Het plan is gewijzigd van {from} naar {to}.',
  'history.planChangedEndsTrial':
    'Het plan is gewijzigd van {from} naar {to} en de gratis proefversie is beëindigd.',
  'history.seatsChanged': 'Het aantal licenties is gewijzigd van {from} naar {to}.',
  'history.suspended':
    'Microsoft heeft het abonnement opgeschort omdat een betaling niet is gelukt.',
  'history.reinstated': 'De betaling is gelukt en het abonnement is weer actief.',
  'history.renewed': 'Het abonnement is verlengd tot {date}.',
  'history.renewedPlain': 'Het abonnement is verlengd.',
  'history.trialConverted':
    'De gratis proefversie is beëindigd en de eerste betaalde periode is begonnen.',
  'history.autoRenewOn': 'Automatische verlenging is ingeschakeld.',
  'history.autoRenewOff': 'Automatische verlenging is uitgeschakeld.',
  'history.unsubscribed': 'Het abonnement is beëindigd.',
  'history.personalDataErased': 'Persoonsgegevens zijn gewist.',
  'history.requested': 'Aangevraagd: {change}.',
  'history.requestedBy': 'Aangevraagd door {name}: {change}.',
  'history.requestedBySeller': 'Aangevraagd door de aanbieder: {change}.',
  'history.failed': 'Niet doorgevoerd: {change}.',
  'history.refused': 'Niet toegestaan door de aanbieder: {change}.',
  'history.refusedBy': 'Aangevraagd door {name}, niet toegestaan door de aanbieder: {change}.',
  'history.refusedMarketplace':
    'Aangevraagd in de marketplace, niet toegestaan door de aanbieder: {change}.',
  'history.change.plan': 'een ander plan',
  'history.change.planTo': 'overstap naar het plan {plan}',
  'history.change.planFrom': 'overstap van het plan {from} naar het plan {plan}',
  'history.change.seats': 'een ander aantal licenties',
  'history.change.seatsTo':
    '{count, plural, one {wijziging naar # licentie} other {wijziging naar # licenties}}',
  'history.change.seatsFrom':
    '{count, plural, one {wijziging van {from} licenties naar # licentie} other {wijziging van {from} naar # licenties}}',
  'history.change.cancel': 'opzegging',
} as const satisfies Translation<typeof source>;
