import type { Translation } from '../../translation.ts';
import type { history as source } from '../en/history.ts';

export const history = {
  'history.title': 'Geschiedenis',
  'history.empty': 'Er is nog niets gebeurd.',
  'history.older': 'Oudere gebeurtenissen',
  'history.newest': 'Nieuwste gebeurtenissen',
  'history.purchased': 'Gekocht, met het plan {plan}.',
  'history.activationRequested': 'De aankoop is bevestigd en de activering aangevraagd.',
  'history.claimed': 'Gekoppeld aan het account van uw organisatie.',
  'history.activated': 'Microsoft heeft de activering bevestigd.',
  'history.activationFailed': 'De activering is niet gelukt.',
  'history.provisioned': 'Uw omgeving is ingericht.',
  'history.provisioningFailed': 'Uw omgeving kon niet worden ingericht.',
  'history.planChanged': 'Het plan is gewijzigd van {from} in {to}.',
  'history.planChangedEndsTrial':
    'Het plan is gewijzigd van {from} in {to} en de gratis proefversie is geëindigd.',
  'history.seatsChanged': 'De licenties zijn gewijzigd van {from} in {to}.',
  'history.suspended': 'Microsoft heeft het abonnement onderbroken omdat een betaling ontbreekt.',
  'history.reinstated': 'De betaling is geregeld; alles werkt weer.',
  'history.renewed': 'Er is een nieuwe looptijd begonnen, tot en met {date}.',
  'history.renewedPlain': 'Er is een nieuwe looptijd begonnen.',
  'history.trialConverted':
    'De gratis proefversie is geëindigd en de eerste betaalde looptijd is begonnen.',
  'history.autoRenewOn': 'Automatische verlenging is ingeschakeld.',
  'history.autoRenewOff': 'Automatische verlenging is uitgeschakeld.',
  'history.unsubscribed': 'Het abonnement is geëindigd.',
  'history.personalDataErased': 'Persoonsgegevens zijn gewist.',
  'history.requested': 'Aangevraagd: {change}.',
  'history.requestedBy': 'Aangevraagd door {name}: {change}.',
  'history.failed': 'Niet doorgevoerd: {change}.',
  'history.refused': 'Een wijziging die in de marketplace is aangevraagd, is geweigerd.',
  'history.change.plan': 'een ander plan',
  'history.change.planTo': 'overstap naar het plan {plan}',
  'history.change.seats': 'een ander aantal licenties',
  'history.change.seatsTo':
    '{count, plural, one {wijziging naar # licentie} other {wijziging naar # licenties}}',
  'history.change.cancel': 'opzegging',
} as const satisfies Translation<typeof source>;
