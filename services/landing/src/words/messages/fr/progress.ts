import type { Translation } from '../../translation.ts';
import type { progress as source } from '../en/progress.ts';

export const progress = {
  'progress.step.recorded': 'Achat confirmé',
  'progress.step.space.waiting': 'Préparation de votre espace de travail',
  'progress.step.space.current': 'Préparation de votre espace de travail en cours',
  'progress.step.space.done': 'Espace de travail prêt',
  'progress.step.requested.waiting': 'Demande d’activation à Microsoft',
  'progress.step.requested.current': 'Demande d’activation à Microsoft en cours',
  'progress.step.requested.done': 'Activation demandée à Microsoft',
  'progress.step.confirmed.waiting': 'Confirmation de Microsoft',
  'progress.step.confirmed.current': 'En attente de la confirmation de Microsoft',
  'progress.step.confirmed.done': 'Confirmé par Microsoft',
  'progress.step.ready': 'Prêt à l’emploi',
  'progress.recorded': 'Merci. Nous commençons',
  'progress.provisioning': 'Préparation de votre espace de travail',
  'progress.requested': 'Activation de votre abonnement',
  'progress.received': 'En attente de la confirmation de Microsoft',
  'progress.settingUp': 'Presque terminé : préparation de votre espace de travail',
  'progress.ready': 'Prêt à l’emploi',
  'progress.unready': 'Votre espace de travail n’est pas encore prêt',
  'progress.failed': 'L’activation a échoué',
  'progress.suspended': 'Votre paiement n’a pas abouti',
  'progress.ended': 'Cet abonnement a pris fin',
  'progress.done': '(terminé)',
  'progress.current': '(en cours)',
  'progress.waiting': '(à venir)',
  'progress.stale':
    'Nous ne pouvons pas obtenir l’état actuel pour le moment. Cette page continue d’essayer.',
  'progress.readyLead': 'Votre abonnement à {product} est actif.',
  'progress.readyNote':
    'Pour modifier le plan ou les licences, ou pour résilier, rendez-vous là où vous avez acheté. Vous pouvez aussi y rouvrir cette page.',
  'progress.unreadyLead':
    'Microsoft a confirmé votre abonnement, mais nous n’avons pas pu terminer la préparation de votre espace de travail dans {product}. Nous en avons été avertis, et cette page se met à jour dès qu’il est prêt. Si vous ne pouvez pas attendre, contactez le support avec le code ci-dessous.',
  'progress.suspendedLead':
    'Microsoft n’a pas pu encaisser votre paiement et a suspendu l’abonnement. Vos données sont en sécurité.',
  'progress.whatToDo': 'Voir ce qu’il faut faire',
  'progress.endedLead': 'Il a été résilié ou n’a jamais été activé. Il ne vous sera plus facturé.',
  'progress.buyAgain': 'Acheter à nouveau',
  'progress.underwayLead':
    'Cela prend en général moins de deux minutes. Vous pouvez fermer cette page et revenir plus tard : nous continuons.',
  'progress.spaceLead':
    'Nous préparons {product} pour vous. Vous pouvez fermer cette page et revenir plus tard : nous continuons.',
  'progress.slow':
    'Cela prend plus de temps que d’habitude. Nous y travaillons toujours et rien n’est perdu. Vous pouvez fermer cette page et revenir plus tard. Pour toute question, indiquez au support le code ci-dessous.',
  'progress.failedLead': 'Rien ne vous a été facturé. Vous pouvez réessayer maintenant.',
  'progress.tryAgain': 'Réessayer',
  'progress.failedNote':
    'En cas de nouvel échec, contactez le support avec le code ci-dessous pour qu’il en trouve la cause. Si l’achat n’est pas activé dans les 30 jours, Microsoft l’annule et rien ne vous est facturé.',
} as const satisfies Translation<typeof source>;
