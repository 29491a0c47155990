import type { Translation } from '../../translation.ts';
import type { people as source } from '../en/people.ts';

export const people = {
  'people.role.owner': 'Propriétaire',
  'people.role.admin': 'Administrateur',
  'people.role.viewer': 'Lecteur',
  'people.title': 'Personnes et rôles',
  'people.lead':
    'Les collègues de votre organisation qui ouvrent la page de cet abonnement peuvent demander l’accès. Vous décidez ici.',
  'people.roles.owner':
    'Les propriétaires peuvent tout faire, y compris résilier et nommer d’autres propriétaires.',
  'people.roles.admin':
    'Les administrateurs modifient le plan et les licences et donnent l’accès à des collègues.',
  'people.roles.viewer': 'Les lecteurs consultent et ne modifient rien.',
  'people.waiting': 'Demandes d’accès',
  'people.waiting.none': 'Personne ne demande l’accès.',
  'people.asked': 'depuis le {date}',
  'people.members': 'Avec accès',
  'people.you': 'vous',
  'people.nameless': 'Personne sans nom',
  'people.giveTo': 'Rôle de {name}',
  'people.grant': 'Donner l’accès',
  'people.refuse': 'Refuser',
  'people.save': 'Enregistrer le rôle',
  'people.remove': 'Retirer',
  'people.saved': 'Enregistré.',
  'people.problem.lastOwner':
    'Le dernier propriétaire ne peut ni être retiré ni recevoir un autre rôle. Nommez d’abord un autre propriétaire.',
  'people.problem.ownerOnly':
    'Les propriétaires sont nommés et retirés uniquement par des propriétaires.',
  'people.problem.tooMany': 'Le nombre maximal de personnes pour un abonnement est atteint.',
  'people.problem.unknown': 'Cette personne n’a plus d’accès et n’en demande pas.',
  'people.guests': 'Les invités de votre organisation ne peuvent pas recevoir d’accès.',
  'people.ask.title': 'Demander l’accès',
  'people.ask.lead':
    'Votre organisation utilise {product}. Vous n’avez pas encore accès à cet abonnement ; les personnes qui le gèrent peuvent vous le donner.',
  'people.ask.shared': 'Avec la demande, elles voient votre nom et votre adresse e-mail.',
  'people.ask.send': 'Demander l’accès',
  'people.ask.sent': 'Vous avez demandé l’accès',
  'people.ask.sentText':
    'Les personnes qui gèrent cet abonnement voient votre demande sur sa page. Rouvrez cette adresse dès qu’elles vous auront donné l’accès.',
  'people.ask.refused': 'Vous n’avez pas d’accès',
  'people.ask.refusedText':
    'Votre demande a été refusée, ou votre accès a été retiré. Vous pourrez demander de nouveau un jour après.',
  'people.ask.full':
    'Trop de demandes sont déjà en attente. Veuillez vous adresser aux personnes qui gèrent l’abonnement.',
} as const satisfies Translation<typeof source>;
