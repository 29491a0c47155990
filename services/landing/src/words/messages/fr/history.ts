import type { Translation } from '../../translation.ts';
import type { history as source } from '../en/history.ts';

export const history = {
  'history.title': 'Historique',
  'history.empty': 'Il ne s’est encore rien passé.',
  'history.older': 'Entrées plus anciennes',
  'history.newest': 'Entrées les plus récentes',
  'history.purchased': 'Vous avez acheté le plan {plan}.',
  'history.activationRequested': 'L’achat a été confirmé et l’activation demandée.',
  'history.claimed': 'L’abonnement a été associé à votre organisation.',
  'history.activated': 'Microsoft a activé l’abonnement.',
  'history.activationFailed': 'L’activation n’a pas abouti.',
  'history.provisioned': 'Votre espace de travail a été préparé.',
  'history.provisioningFailed': 'Votre espace de travail n’a pas pu être préparé.',
  'history.planChanged': 'Le plan est passé de {from} à {to}.',
  'history.planChangedEndsTrial':
    'Le plan est passé de {from} à {to}, et l’essai gratuit a pris fin.',
  'history.seatsChanged': 'Le nombre de licences est passé de {from} à {to}.',
  'history.suspended': 'Microsoft a suspendu l’abonnement car un paiement n’a pas abouti.',
  'history.reinstated': 'Le paiement a abouti et l’abonnement est de nouveau actif.',
  'history.renewed': 'L’abonnement a été renouvelé jusqu’au {date}.',
  'history.renewedPlain': 'L’abonnement a été renouvelé.',
  'history.trialConverted': 'L’essai gratuit a pris fin et la première période payante a commencé.',
  'history.autoRenewOn': 'Le renouvellement automatique a été activé.',
  'history.autoRenewOff': 'Le renouvellement automatique a été désactivé.',
  'history.unsubscribed': 'L’abonnement a pris fin.',
  'history.personalDataErased': 'Les données personnelles ont été effacées.',
  'history.requested': 'Demandé : {change}.',
  'history.requestedBy': 'Demandé par {name} : {change}.',
  'history.requestedBySeller': 'Demandé par le fournisseur : {change}.',
  'history.failed': 'Non effectué : {change}.',
  'history.refused': 'Non autorisé par le fournisseur : {change}.',
  'history.refusedBy': 'Demandé par {name}, non autorisé par le fournisseur : {change}.',
  'history.refusedMarketplace':
    'Demandé sur la place de marché, non autorisé par le fournisseur : {change}.',
  'history.change.plan': 'un autre plan',
  'history.change.planTo': 'passage au plan {plan}',
  'history.change.planFrom': 'passage du plan {from} au plan {plan}',
  'history.change.seats': 'un autre nombre de licences',
  'history.change.seatsTo':
    '{count, plural, one {passage à # licence} other {passage à # licences}}',
  'history.change.seatsFrom':
    '{count, plural, one {passage de {from} licences à # licence} other {passage de {from} à # licences}}',
  'history.change.cancel': 'résiliation',
} as const satisfies Translation<typeof source>;
