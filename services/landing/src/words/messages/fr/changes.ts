import type { Translation } from '../../translation.ts';
import type { changes as source } from '../en/changes.ts';

export const changes = {
  'changes.next': 'Continuer',
  'changes.back': 'Retour, ne rien modifier',
  'changes.plan.title': 'Changer de plan',
  'changes.plan.lead':
    'Choisissez un plan. Vous en voyez l’effet avant que quoi que ce soit ne se passe.',
  'changes.plan.legend': 'Plans vers lesquels vous pouvez passer',
  'changes.plan.current': 'Votre plan actuel',
  'changes.plan.seatsFrom':
    '{min, plural, one {à partir de # licence} other {à partir de # licences}}',
  'changes.plan.seatsTo': '{max, plural, one {jusqu’à # licence} other {jusqu’à # licences}}',
  'changes.plan.seatsBetween': 'de {min} à {max} licences',
  'changes.plan.perSeat': '{price} par licence, pour une durée de {term}',
  'changes.plan.price': '{price}, pour une durée de {term}',
  'changes.plan.private': 'Plan privé',
  'changes.plan.trial': 'Essai gratuit',
  'changes.plan.unfit':
    'Ces plans demandent un autre nombre de licences que le vôtre ; modifiez d’abord les licences :',
  'changes.plan.refused': 'Non disponibles pour votre abonnement :',
  'changes.plan.missing': 'Choisissez un plan.',
  'changes.confirm.title': 'Vérifier la modification',
  'changes.confirm.from': 'Actuellement',
  'changes.confirm.to': 'Après la modification',
  'changes.confirm.when': 'Quand',
  'changes.confirm.whenValue':
    'Aujourd’hui, {date} : dès que Microsoft la confirme, en général en quelques minutes.',
  'changes.confirm.planMoney':
    'Microsoft déduit le montant payé d’avance du nouveau prix, au jour près. L’utilisation au-delà de la quantité comprise est facturée selon le plan pendant lequel elle a eu lieu.',
  'changes.confirm.seatsMoney':
    'Microsoft facture les licences ajoutées pour le reste de la période, au jour près. Pour les licences que vous rendez, les conditions de votre achat s’appliquent.',
  'changes.confirm.endsTrial':
    'Votre essai gratuit prend fin immédiatement : le nouveau plan n’en a pas et il est facturé dès ce moment.',
  'changes.confirm.newTerm':
    'L’utilisation comprise dans le nouveau plan est comptée à partir de zéro.',
  'changes.confirm.approve': 'Modifier maintenant',
  'changes.confirm.approval':
    'Avec ce bouton, vous approuvez la modification. Nous enregistrons qui l’a fait et quand.',
  'changes.seats.title': 'Modifier les licences',
  'changes.seats.lead':
    '{count, plural, one {Vous avez actuellement # licence.} other {Vous avez actuellement # licences.}}',
  'changes.seats.label': 'Nouveau nombre de licences',
  'changes.seats.range': '{min} à {max}',
  'changes.seats.none': 'Le nombre de licences de votre abonnement ne peut pas être modifié.',
  'changes.seats.between': 'Possible : {possible}',
  'changes.seats.problem':
    'Saisissez un nombre entier différent du nombre actuel. Possible : {possible}',
  'changes.seats.count': '{count, plural, one {# licence} other {# licences}}',
  'changes.cancel.title': 'Résilier l’abonnement',
  'changes.cancel.lead': 'Veuillez lire ce qui en résulte. C’est irréversible.',
  'changes.cancel.access':
    'Dès que Microsoft confirme la résiliation, en général en quelques minutes, l’abonnement prend fin et votre organisation ne peut plus utiliser {product}.',
  'changes.cancel.money':
    'Dans les 72 heures suivant l’achat, rien n’est facturé. Ensuite, Microsoft facture la période en cours comme convenu et ne rembourse rien.',
  'changes.cancel.data':
    'Vos données sont conservées au moins {days, plural, one {# jour} other {# jours}} après la fin, puis effacées. Exportez avant cela ce dont vous avez besoin.',
  'changes.cancel.again':
    'Pour utiliser de nouveau {product} plus tard, il faut acheter un nouvel abonnement.',
  'changes.cancel.alternative':
    'Si vous ne voulez simplement pas de période suivante : désactivez le renouvellement dans le <azure>portail Azure</azure> ou le <m365>Centre d’administration Microsoft 365</m365>, et utilisez la période en cours jusqu’à son terme.',
  'changes.cancel.tick': 'Je veux mettre fin à cet abonnement et je sais que c’est irréversible.',
  'changes.cancel.tickMissing': 'Veuillez le confirmer avant de continuer.',
  'changes.cancel.approve': 'Résilier maintenant l’abonnement',
  'changes.cancel.keep': 'Garder l’abonnement',
  'changes.what.plan': 'Passage au plan {plan}',
  'changes.what.seats': '{count, plural, one {Passage à # licence} other {Passage à # licences}}',
  'changes.what.cancel': 'Résiliation',
  'changes.stage.requested': 'Votre demande est enregistrée',
  'changes.stage.sent': 'Microsoft l’exécute',
  'changes.stage.succeeded': 'La modification est en vigueur',
  'changes.stage.cancelled': 'L’abonnement est terminé',
  'changes.stage.failed': 'La modification n’a pas été faite',
  'changes.step.recorded': 'Enregistrée par nous',
  'changes.step.sent': 'Prise en charge par Microsoft',
  'changes.step.done': 'Confirmée par Microsoft',
  'changes.time':
    'Cela prend en général moins de deux minutes. Vous pouvez fermer cette page : la modification se poursuit, et la page de l’abonnement en indique le résultat.',
  'changes.succeeded.text': 'Microsoft l’a confirmée.',
  'changes.failed.refused':
    'Microsoft ne permet pas cette modification pour cet abonnement. Le plan et les licences sont inchangés.',
  'changes.failed.byPublisher':
    'Le fournisseur de {product} n’autorise pas cette modification. Votre plan, vos licences et votre facture restent inchangés.',
  'changes.failed.locked':
    'Une autre modification, faite ailleurs, a longtemps bloqué l’abonnement, si bien que Microsoft n’a pas pris celle-ci. Veuillez réessayer plus tard.',
  'changes.failed.conflict':
    'Microsoft indique que c’était déjà en vigueur, ou qu’une autre modification est passée avant. Consultez l’abonnement avant de réessayer.',
  'changes.failed.failed':
    'Microsoft n’a pas pu l’exécuter. Le plan et les licences sont inchangés.',
  'changes.failed.unknown':
    'Microsoft ne l’a pas confirmée en un jour. L’abonnement est tel que sa page le montre ; en cas de doute, contactez le support.',
  'changes.pending': 'Une modification est en cours',
  'changes.follow': 'La suivre',
  'changes.last.succeeded': 'Votre dernière modification est en vigueur.',
  'changes.last.failed': 'Votre dernière modification n’a pas été faite.',
  'changes.last.details': 'Ce qui s’est passé',
} as const satisfies Translation<typeof source>;
