import type { Translation } from '../../translation.ts';
import type { changes as source } from '../en/changes.ts';

export const changes = {
  'changes.next': 'Continuer',
  'changes.back': 'Annuler',
  'changes.plan.title': 'Changer de plan',
  'changes.plan.lead': 'Choisissez un plan. Vous verrez ce qui change avant de confirmer.',
  'changes.plan.legend': 'Plans disponibles',
  'changes.plan.current': 'Votre plan actuel',
  'changes.plan.seatsFrom':
    '{min, plural, one {à partir de # licence} other {à partir de # licences}}',
  'changes.plan.seatsTo': '{max, plural, one {jusqu’à # licence} other {jusqu’à # licences}}',
  'changes.plan.seatsBetween': 'de {min} à {max} licences',
  'changes.plan.private': 'Plan privé',
  'changes.plan.trial': 'Essai gratuit',
  'changes.plan.unfit':
    'Ces plans ne correspondent pas à votre nombre de licences. Modifiez d’abord vos licences :',
  'changes.plan.refused': 'Non disponibles pour votre abonnement :',
  'changes.confirm.title': 'Vérifiez votre modification',
  'changes.confirm.from': 'Actuellement',
  'changes.confirm.to': 'Après la modification',
  'changes.confirm.total': 'Nouveau total',
  'changes.confirm.when': 'Prise d’effet',
  'changes.confirm.whenValue':
    'Aujourd’hui ({date}), dès que Microsoft la confirme. Cela prend en général quelques minutes.',
  'changes.confirm.planMoney':
    'Microsoft déduit ce que vous avez déjà payé pour la période en cours, au prorata des jours. L’utilisation au-delà de la quantité comprise est facturée selon le plan en vigueur à ce moment-là.',
  'changes.confirm.seatsMoney':
    'Si vous ajoutez des licences, Microsoft les facture pour le reste de la période, au prorata des jours. Si vous en retirez, les conditions de votre achat s’appliquent.',
  'changes.confirm.endsTrial':
    'Votre essai gratuit prend fin immédiatement. Le nouveau plan n’en comporte pas et est facturé dès ce moment.',
  'changes.confirm.newTerm':
    'L’utilisation comprise dans le nouveau plan est comptée à partir de zéro.',
  'changes.confirm.approve': 'Confirmer la modification',
  'changes.confirm.approval':
    'En confirmant, vous approuvez cette modification. Nous enregistrons qui l’a approuvée et quand.',
  'changes.seats.title': 'Modifier les licences',
  'changes.seats.lead': '{count, plural, one {Vous avez # licence.} other {Vous avez # licences.}}',
  'changes.seats.label': 'Nouveau nombre de licences',
  'changes.seats.range': '{min} à {max}',
  'changes.seats.none': 'Le nombre de licences de votre abonnement ne peut pas être modifié.',
  'changes.seats.between': 'Possible : {possible}',
  'changes.seats.problem':
    'Saisissez un nombre entier différent du nombre actuel. Possible : {possible}',
  'changes.seats.count': '{count, plural, one {# licence} other {# licences}}',
  'changes.cancel.title': 'Résilier l’abonnement',
  'changes.cancel.lead': 'Lisez ce qui va se passer. Vous ne pourrez pas revenir en arrière.',
  'changes.cancel.access':
    'Votre abonnement prend fin dès que Microsoft confirme la résiliation, en général en quelques minutes. Votre organisation n’a alors plus accès à {product}.',
  'changes.cancel.money':
    'Si vous résiliez dans les 72 heures suivant l’achat, rien ne vous est facturé. Ensuite, Microsoft facture la période en cours comme convenu, sans remboursement.',
  'changes.cancel.data':
    'Nous conservons vos données pendant au moins {days, plural, one {# jour} other {# jours}}, puis nous les effaçons. Exportez ce dont vous avez besoin avant de résilier.',
  'changes.cancel.again':
    'Pour réutiliser {product} plus tard, vous devrez acheter un nouvel abonnement.',
  'changes.cancel.alternative':
    'Vous voulez seulement empêcher le prochain renouvellement ? Désactivez le renouvellement automatique dans le <azure>portail Azure</azure> ou le <m365>Centre d’administration Microsoft 365</m365>. Vous pourrez utiliser {product} jusqu’à la fin de la période.',
  'changes.cancel.tick':
    'Je veux mettre fin à cet abonnement et je comprends que c’est irréversible.',
  'changes.cancel.tickMissing': 'Cochez cette case pour continuer.',
  'changes.cancel.approve': 'Résilier l’abonnement maintenant',
  'changes.cancel.keep': 'Garder l’abonnement',
  'changes.what.plan': 'Passage au plan {plan}',
  'changes.what.planFrom': 'Passage du plan {from} au plan {plan}',
  'changes.what.seats': '{count, plural, one {Passage à # licence} other {Passage à # licences}}',
  'changes.what.seatsFrom':
    '{count, plural, one {Passage de {from} licences à # licence} other {Passage de {from} à # licences}}',
  'changes.what.cancel': 'Résiliation',
  'changes.stage.requested': 'Nous avons reçu votre demande',
  'changes.stage.sent': 'Microsoft effectue la modification',
  'changes.stage.succeeded': 'Votre modification est terminée',
  'changes.stage.cancelled': 'Votre abonnement a pris fin',
  'changes.stage.failed': 'Votre modification n’a pas été effectuée',
  'changes.stage.notCancelled': 'Votre abonnement n’a pas été résilié',
  'changes.step.recorded': 'Nous enregistrons votre demande',
  'changes.step.sent': 'Microsoft l’accepte',
  'changes.step.done': 'Microsoft confirme le résultat',
  'changes.time':
    'Cela prend en général moins de deux minutes. Vous pouvez fermer cette page : la modification se poursuit, et la page de votre abonnement en montre le résultat.',
  'changes.succeeded.text': 'Microsoft l’a confirmé.',
  'changes.failed.refused':
    'Microsoft n’autorise pas cette modification pour votre abonnement. Votre plan et vos licences sont inchangés.',
  'changes.failed.byPublisher':
    'Le fournisseur de {product} n’autorise pas cette modification. Votre plan, vos licences et votre facture restent inchangés.',
  'changes.failed.locked':
    'Une autre modification était en cours depuis trop longtemps, Microsoft n’a donc pas accepté celle-ci. Réessayez plus tard.',
  'changes.failed.conflict':
    'Selon Microsoft, c’était déjà en vigueur, ou une autre modification est passée avant. Vérifiez votre abonnement avant de réessayer.',
  'changes.failed.failed':
    'Microsoft n’a pas pu effectuer la modification. Votre plan et vos licences sont inchangés.',
  'changes.failed.unknown':
    'Microsoft n’a pas confirmé la modification en 24 heures. La page de votre abonnement montre ce qui est en vigueur. En cas de doute, contactez le support.',
  'changes.failed.cancel':
    'Votre abonnement est toujours actif et facturé, car Microsoft n’a pas exécuté la résiliation. Résiliez-le là où vous l’avez acheté, dans le <azure>portail Azure</azure> ou le <m365>Centre d’administration Microsoft 365</m365>, ou contactez le support.',
  'changes.pending': 'Modification en cours',
  'changes.follow': 'Suivre l’avancement',
  'changes.last.succeeded': 'Votre dernière modification est terminée.',
  'changes.last.failed': 'Votre dernière modification n’a pas été effectuée.',
  'changes.last.details': 'Voir les détails',
} as const satisfies Translation<typeof source>;
