import type { Translation } from '../../translation.ts';
import type { manage as source } from '../en/manage.ts';

export const manage = {
  'manage.list.title': 'Vos abonnements',
  'manage.list.lead': 'Tout ce que vous pouvez voir ou gérer avec ce compte.',
  'manage.list.empty': 'Il n’y a encore rien ici pour ce compte',
  'manage.list.emptyHelp':
    'Ouvrez un abonnement depuis l’endroit où il a été acheté. Si un ou une collègue le gère, demandez-lui l’adresse de sa page, puis l’accès sur celle-ci.',
  'manage.list.more': 'Afficher les plus anciens',
  'manage.list.back': 'Tous vos abonnements',
  'manage.status.active': 'Actif',
  'manage.status.trial': 'Essai gratuit',
  'manage.status.suspended': 'Paiement manquant',
  'manage.status.ended': 'Terminé',
  'manage.status.pending': 'Pas encore actif',
  'manage.title': 'Gérer votre abonnement',
  'manage.sentence.renews': 'Votre abonnement est actif et sera renouvelé le {date}.',
  'manage.sentence.ends':
    'Votre abonnement est actif jusqu’au {date} et ne sera pas renouvelé ensuite.',
  'manage.sentence.trialRenews':
    'Votre essai gratuit dure jusqu’au {date}. La première période payante commence ensuite.',
  'manage.sentence.trialEnds': 'Votre essai gratuit dure jusqu’au {date}, puis prend fin.',
  'manage.sentence.active': 'Votre abonnement est actif.',
  'manage.facts.renewal': 'Prochain renouvellement',
  'manage.facts.end': 'Dernier jour',
  'manage.facts.role': 'Votre rôle',
  'manage.changePlan': 'Changer de plan',
  'manage.changeSeats': 'Modifier les licences',
  'manage.cancel': 'Résilier l’abonnement',
  'manage.usage.title': 'Utilisation pendant cette période',
  'manage.usage.since': 'Depuis le {date}. Les dernières minutes peuvent manquer.',
  'manage.usage.none': 'Rien n’est mesuré dans ce plan, ou rien n’a encore été utilisé.',
  'manage.usage.unknown':
    'L’utilisation ne peut pas être affichée pour le moment. Elle est enregistrée malgré tout.',
  'manage.usage.of': '{used} sur {included} compris',
  'manage.usage.unlimited': '{used}, sans limite',
  'manage.usage.plain': '{used} utilisés',
  'manage.usage.above': '{overage} au-delà de la quantité comprise, facturés à l’utilisation',
  'manage.usage.plan': 'dans le plan {plan}',
  'manage.people.title': 'Personnes',
  'manage.people.waiting':
    '{count, plural, one {# personne demande l’accès} other {# personnes demandent l’accès}}',
  'manage.people.open': 'Personnes et rôles',
  'manage.history.title': 'Historique',
  'manage.history.all': 'Historique complet',
  'manage.back': 'Retour à l’abonnement',
  'manage.refused.title': 'Ce n’est pas possible pour le moment',
  'manage.refused.unchanged': 'Rien n’a été modifié.',
  'manage.why.partner':
    'Un partenaire a acheté cet abonnement pour votre organisation. Le plan, les licences et la résiliation passent par lui ; le résultat apparaît ici automatiquement.',
  'manage.why.marketplace':
    'Microsoft ne permet pas cette modification depuis cette page. Effectuez-la là où l’abonnement a été acheté : dans le <azure>portail Azure</azure> ou le <m365>Centre d’administration Microsoft 365</m365>.',
  'manage.why.suspended':
    'Tant que le paiement manque, le plan et les licences restent inchangés. Réglez d’abord le paiement auprès de Microsoft.',
  'manage.why.pending':
    'L’abonnement n’est pas encore actif. Dès qu’il le sera, il pourra être modifié.',
  'manage.why.ended': 'L’abonnement est terminé et ne peut plus être modifié.',
  'manage.why.busy':
    'Une autre modification est en cours. Dès que son résultat sera connu, vous pourrez faire la suivante.',
  'manage.why.flatRate':
    'Le plan n’est pas vendu par licence : il n’y a donc pas de licences à modifier.',
  'manage.why.noOtherPlan': 'Il n’existe pas d’autre plan vers lequel cet abonnement peut passer.',
  'manage.why.planUnknown':
    'L’abonnement ne peut pas passer à ce plan. Choisissez-en un dans la liste.',
  'manage.why.planRefused': 'Ce plan n’est pas disponible pour votre abonnement.',
  'manage.why.samePlan': 'Ce plan est déjà en vigueur.',
  'manage.why.sameSeats': 'Ce nombre de licences est déjà en vigueur.',
  'manage.why.seatsInvalid': 'Ce nombre de licences n’est pas possible dans ce plan.',
  'manage.why.changedMeanwhile':
    'L’abonnement a changé depuis que vous avez ouvert le formulaire. Consultez-le de nouveau avant de continuer.',
  'manage.why.other': 'Veuillez rouvrir l’abonnement et réessayer.',
  'manage.denied.title': 'Votre rôle ne le permet pas',
  'manage.denied.change':
    'Vous pouvez consulter cet abonnement. Son plan et ses licences sont modifiés par un propriétaire ou un administrateur :',
  'manage.denied.people': 'Les personnes sont gérées par un propriétaire ou un administrateur :',
  'manage.denied.cancel': 'L’abonnement peut être résilié par un propriétaire :',
} as const satisfies Translation<typeof source>;
