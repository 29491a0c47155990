import type { Translation } from '../../translation.ts';
import type { progress as source } from '../en/progress.ts';

export const progress = {
  'progress.step.recorded': 'Vous avez confirmé l’achat',
  'progress.step.space': 'Votre espace est configuré',
  'progress.step.requested': 'Activation demandée à Microsoft',
  'progress.step.received': 'Reçue par Microsoft',
  'progress.step.confirmed': 'Confirmée par Microsoft',
  'progress.step.ready': 'Prêt à l’emploi',
  'progress.step.confirmedReady': 'Confirmée par Microsoft, prêt à l’emploi',
  'progress.recorded': 'Merci. Nous commençons',
  'progress.provisioning': 'Votre espace est en cours de création',
  'progress.requested': 'Demande en cours auprès de Microsoft',
  'progress.received': 'En attente de la confirmation de Microsoft',
  'progress.settingUp': 'Microsoft a confirmé, votre espace est en cours de création',
  'progress.ready': 'Prêt à l’emploi',
  'progress.unready': 'Votre espace n’a pas encore pu être créé',
  'progress.failed': 'L’activation n’a pas abouti',
  'progress.suspended': 'Le paiement est manquant',
  'progress.ended': 'Cet abonnement a pris fin',
  'progress.done': '(terminé)',
  'progress.current': '(en cours)',
  'progress.waiting': '(à venir)',
  'progress.stale':
    'L’état le plus récent est momentanément indisponible. Cette page continue d’essayer.',
  'progress.readyLead': 'Votre abonnement à {product} est actif.',
  'progress.readyNote':
    'Le plan, les licences et l’annulation se gèrent à l’endroit où vous avez acheté. De là, vous revenez aussi à cette page.',
  'progress.unreadyLead':
    'Microsoft a confirmé votre abonnement, mais votre espace dans {product} n’a pas encore pu être créé. Nous en avons été informés. Cette page l’affichera dès qu’il sera prêt. Si vous ne pouvez pas attendre, contactez le support avec le code ci-dessous.',
  'progress.suspendedLead':
    'Microsoft n’a pas pu encaisser le paiement et a suspendu l’abonnement. Vos données sont en sécurité.',
  'progress.whatToDo': 'Que faire',
  'progress.endedLead': 'Il a été annulé ou n’a pas été activé. Plus rien n’est facturé.',
  'progress.buyAgain': 'Acheter à nouveau',
  'progress.underwayLead':
    'Cela prend généralement moins de deux minutes. Vous pouvez fermer cette page et revenir : le travail continue sans elle.',
  'progress.slow':
    'Cela prend plus de temps que d’habitude. Nous poursuivons et rien n’est perdu. Pour toute question, indiquez au support le code ci-dessous.',
  'progress.failedLead':
    'Rien n’a été facturé. Vous pouvez réessayer immédiatement, autant de fois que vous le souhaitez.',
  'progress.tryAgain': 'Réessayer',
  'progress.failedNote':
    'En cas de nouvel échec, contactez le support avec le code ci-dessous : il en voit la raison. Un achat qui n’est pas activé dans les 30 jours est annulé par Microsoft et n’est jamais facturé.',
} as const satisfies Translation<typeof source>;
