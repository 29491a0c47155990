import type { Translation } from '../../translation.ts';
import type { people as source } from '../en/people.ts';

export const people = {
  'people.role.owner': 'Propriétaire',
  'people.role.admin': 'Administrateur',
  'people.role.viewer': 'Lecteur',
  'people.title': 'Personnes et rôles',
  'people.lead':
    'Les personnes de votre organisation qui ouvrent la page de cet abonnement peuvent demander l’accès. Vous approuvez ou refusez les demandes ici.',
  'people.roles.owner':
    'Les propriétaires peuvent tout faire, y compris résilier et ajouter d’autres propriétaires.',
  'people.roles.admin':
    'Les administrateurs peuvent modifier le plan et les licences, et donner l’accès à des collègues.',
  'people.roles.viewer': 'Les lecteurs peuvent consulter l’abonnement, sans rien modifier.',
  'people.waiting': 'Demandes d’accès',
  'people.waiting.none': 'Aucune demande.',
  'people.asked': 'depuis le {date}',
  'people.members': 'Personnes ayant accès',
  'people.you': 'vous',
  'people.nameless': 'Personne sans nom',
  'people.giveTo': 'Rôle de {name}',
  'people.grant': 'Approuver',
  'people.refuse': 'Refuser',
  'people.save': 'Enregistrer le rôle',
  'people.remove': 'Retirer',
  'people.saved': 'Enregistré.',
  'people.problem.lastOwner':
    'Vous ne pouvez pas retirer le dernier propriétaire ni changer son rôle. Ajoutez d’abord un autre propriétaire.',
  'people.problem.ownerOnly':
    'Seuls les propriétaires peuvent ajouter ou retirer des propriétaires.',
  'people.problem.tooMany': 'Cet abonnement a atteint son nombre maximal de personnes.',
  'people.problem.unknown': 'Cette personne n’a plus accès et n’en a pas fait la demande.',
  'people.guests': 'Les invités de votre organisation ne peuvent pas obtenir l’accès.',
  'people.ask.title': 'Demander l’accès',
  'people.ask.lead':
    'Votre organisation utilise {product}. Vous n’avez pas encore accès à cet abonnement, mais les personnes qui le gèrent peuvent vous le donner.',
  'people.ask.shared':
    'Votre nom et votre adresse e-mail leur sont communiqués, ainsi qu’au fournisseur de {product}.',
  'people.ask.send': 'Demander l’accès',
  'people.ask.sent': 'Accès demandé',
  'people.ask.sentText':
    'Les personnes qui gèrent cet abonnement voient votre demande. Revenez sur cette page quand elle aura été approuvée.',
  'people.ask.noAnswer':
    'Pas de réponse ? Contactez le support de {product}. Il peut ajouter un nouveau propriétaire si le vôtre est parti.',
  'people.ask.refused': 'Vous n’avez pas accès',
  'people.ask.refusedText':
    'Votre demande a été refusée, ou votre accès a été retiré. Vous pourrez demander l’accès à nouveau après un jour.',
  'people.ask.full':
    'Trop de demandes sont déjà en attente. Adressez-vous aux personnes qui gèrent l’abonnement.',
} as const satisfies Translation<typeof source>;
