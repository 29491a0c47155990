import type { Translation } from '../../translation.ts';
import type { history as source } from '../en/history.ts';

export const history = {
  'history.title': 'Historique',
  'history.empty': 'Il ne s’est encore rien passé.',
  'history.older': 'Entrées plus anciennes',
  'history.newest': 'Entrées les plus récentes',
  'history.purchased': 'Acheté, avec le plan {plan}.',
  'history.activationRequested': 'L’achat a été confirmé et l’activation demandée.',
  'history.claimed': 'Associé au compte de votre organisation.',
  'history.activated': 'Microsoft a confirmé l’activation.',
  'history.activationFailed': 'L’activation n’a pas réussi.',
  'history.provisioned': 'Votre espace a été préparé.',
  'history.provisioningFailed': 'Votre espace n’a pas pu être préparé.',
  'history.planChanged': 'Le plan est passé de {from} à {to}.',
  'history.planChangedEndsTrial':
    'Le plan est passé de {from} à {to}, et l’essai gratuit a pris fin.',
  'history.seatsChanged': 'Le nombre de licences est passé de {from} à {to}.',
  'history.suspended': 'Microsoft a suspendu l’abonnement parce qu’un paiement manque.',
  'history.reinstated': 'Le paiement a été réglé ; tout fonctionne de nouveau.',
  'history.renewed': 'Une nouvelle période a commencé, jusqu’au {date}.',
  'history.renewedPlain': 'Une nouvelle période a commencé.',
  'history.trialConverted': 'L’essai gratuit a pris fin et la première période payante a commencé.',
  'history.autoRenewOn': 'Le renouvellement automatique a été activé.',
  'history.autoRenewOff': 'Le renouvellement automatique a été désactivé.',
  'history.unsubscribed': 'L’abonnement a pris fin.',
  'history.personalDataErased': 'Les données personnelles ont été effacées.',
  'history.requested': 'Demandé : {change}.',
  'history.requestedBy': 'Demandé par {name} : {change}.',
  'history.failed': 'Non effectué : {change}.',
  'history.refused': 'Une modification demandée sur la place de marché a été refusée.',
  'history.change.plan': 'un autre plan',
  'history.change.planTo': 'passage au plan {plan}',
  'history.change.seats': 'un autre nombre de licences',
  'history.change.seatsTo':
    '{count, plural, one {passage à # licence} other {passage à # licences}}',
  'history.change.cancel': 'résiliation',
} as const satisfies Translation<typeof source>;
