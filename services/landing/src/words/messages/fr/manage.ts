import type { Translation } from '../../translation.ts';
import type { manage as source } from '../en/manage.ts';

export const manage = {
  'manage.list.title': 'Vos abonnements',
  'manage.list.lead': 'Les abonnements que vous pouvez consulter ou gérer avec ce compte.',
  'manage.list.empty': 'Aucun abonnement pour le moment',
  'manage.list.emptyHelp':
    'Ouvrez un abonnement depuis l’endroit où vous l’avez acheté. Si une autre personne de votre organisation le gère, demandez-lui le lien vers sa page et demandez-y l’accès.',
  'manage.list.more': 'Afficher les plus anciens',
  'manage.list.back': 'Tous les abonnements',
  'manage.which': 'Abonnement',
  'manage.which.since': 'Depuis le {date}',
  'manage.which.id': 'ID {id}',
  'manage.status.active': 'Actif',
  'manage.status.trial': 'Essai gratuit',
  'manage.status.suspended': 'Paiement requis',
  'manage.status.ended': 'Terminé',
  'manage.status.pending': 'Pas encore actif',
  'manage.title': 'Gérer votre abonnement',
  'manage.sentence.renews': 'Votre abonnement est actif et sera renouvelé le {date}.',
  'manage.sentence.ends': 'Votre abonnement est actif jusqu’au {date} et ne sera pas renouvelé.',
  'manage.sentence.trialRenews':
    'Votre essai gratuit dure jusqu’au {date}. Votre première période payante commence ensuite.',
  'manage.sentence.trialEnds': 'Votre essai gratuit prend fin le {date}.',
  'manage.sentence.active': 'Votre abonnement est actif.',
  'manage.facts.role': 'Votre rôle',
  'manage.changePlan': 'Changer de plan',
  'manage.changeSeats': 'Modifier les licences',
  'manage.cancel': 'Résilier l’abonnement',
  'manage.usage.title': 'Utilisation pendant cette période',
  'manage.usage.since': 'Depuis le {date}. Les dernières minutes peuvent manquer.',
  'manage.usage.unknown':
    'Nous ne pouvons pas afficher votre utilisation pour le moment. Elle continue d’être enregistrée.',
  'manage.usage.of': '{used} sur {included} compris',
  'manage.usage.unlimited': '{used} utilisés, illimité',
  'manage.usage.plain': '{used} utilisés',
  'manage.usage.above': '{overage} au-delà de la quantité comprise, facturés à l’utilisation',
  'manage.usage.billed': '{overage} facturés à l’utilisation',
  'manage.usage.refused': '{refused} non facturés',
  'manage.usage.plan': 'sur le plan {plan}',
  'manage.people.title': 'Personnes',
  'manage.people.waiting':
    '{count, plural, one {# personne a demandé l’accès} other {# personnes ont demandé l’accès}}',
  'manage.people.open': 'Gérer les personnes et les rôles',
  'manage.history.title': 'Historique',
  'manage.history.all': 'Historique complet',
  'manage.back': 'Retour à l’abonnement',
  'manage.refused.title': 'Ce n’est pas possible pour le moment',
  'manage.refused.unchanged': 'Rien n’a été modifié.',
  'manage.why.partner':
    'Un partenaire a acheté cet abonnement pour votre organisation. Demandez-lui de modifier le plan ou les licences, ou de résilier. Le résultat apparaît ici automatiquement.',
  'manage.why.marketplace':
    'Microsoft n’autorise pas cette modification ici. Effectuez-la là où vous avez acheté l’abonnement : dans le <azure>portail Azure</azure> ou le <m365>Centre d’administration Microsoft 365</m365>.',
  'manage.why.suspended':
    'Vous ne pouvez pas modifier le plan ni les licences tant que votre paiement n’a pas abouti. Réglez-le d’abord auprès de Microsoft.',
  'manage.why.pending':
    'Votre abonnement n’est pas encore actif. Vous pourrez le modifier dès qu’il le sera.',
  'manage.why.ended': 'Votre abonnement a pris fin et ne peut plus être modifié.',
  'manage.why.busy':
    'Une autre modification est en cours. Vous pourrez faire la suivante quand elle sera terminée.',
  'manage.why.flatRate':
    'Votre plan n’est pas vendu par licence : il n’y a donc pas de licences à modifier.',
  'manage.why.noOtherPlan': 'Il n’y a pas d’autre plan vers lequel passer.',
  'manage.why.planUnknown': 'Vous ne pouvez pas passer à ce plan. Choisissez-en un dans la liste.',
  'manage.why.planRefused': 'Ce plan n’est pas disponible pour votre abonnement.',
  'manage.why.samePlan': 'Vous avez déjà ce plan.',
  'manage.why.sameSeats': 'Vous avez déjà ce nombre de licences.',
  'manage.why.seatsInvalid': 'Votre plan n’autorise pas ce nombre de licences.',
  'manage.why.changedMeanwhile':
    'Votre abonnement a changé après l’ouverture de ce formulaire. Vérifiez-le avant de continuer.',
  'manage.why.refusedOften':
    'Trop de vos demandes ont été refusées au cours de la dernière heure. Réessayez plus tard.',
  'manage.why.other': 'Ouvrez votre abonnement et réessayez.',
  'manage.denied.title': 'Votre rôle ne le permet pas',
  'manage.denied.change':
    'Vous pouvez consulter cet abonnement. Un propriétaire ou un administrateur peut modifier son plan et ses licences :',
  'manage.denied.people': 'Un propriétaire ou un administrateur peut gérer les personnes :',
  'manage.denied.cancel': 'Un propriétaire peut résilier l’abonnement :',
} as const satisfies Translation<typeof source>;
