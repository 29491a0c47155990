import type { Translation } from '../../translation.ts';
import type { standing as source } from '../en/standing.ts';

export const standing = {
  'standing.active': 'Votre abonnement est actif',
  'standing.byPartner':
    'Un partenaire a acheté cet abonnement pour vous. Demandez-lui de modifier le plan ou les licences, ou de résilier.',
  'standing.whereBought':
    'Pour modifier votre plan ou vos licences, ou pour résilier, allez là où vous avez acheté : dans le <azure>portail Azure</azure> ou le <admin>Centre d’administration Microsoft 365</admin>.',
  'standing.suspended': 'Votre paiement n’a pas abouti',
  'standing.suspendedLead':
    'Microsoft n’a pas pu encaisser votre paiement et a suspendu cet abonnement. <b>Vos données sont en sécurité.</b> Dès que le paiement aura abouti, tout fonctionnera comme avant.',
  'standing.suspendedEnds':
    'Sans paiement, Microsoft met définitivement fin à l’abonnement {days} jours après la suspension.',
  'standing.suspendedEndsOn':
    'Sans paiement, Microsoft met définitivement fin à l’abonnement {days} jours après la suspension, vers le <b>{date}</b>.',
  'standing.askPartner':
    'Un partenaire a acheté cet abonnement pour vous. Demandez-lui de régler le paiement.',
  'standing.settle': 'Payer auprès de Microsoft',
  'standing.adminCenter': 'Centre d’administration Microsoft 365',
  'standing.ended': 'Cet abonnement a pris fin',
  'standing.endedLead':
    'Il ne peut pas être réactivé. Pour réutiliser {product}, achetez un nouvel abonnement.',
  'standing.buyAgain': 'Acheter à nouveau',
  'standing.endedSubscription': 'Abonnement terminé',
  'standing.endedOn': 'Terminé le',
  'standing.endedWhy': 'Motif',
  'standing.why.cancelledBy': 'Résilié par {name}',
  'standing.why.cancelled': 'Résilié sur la page de l’abonnement',
  'standing.why.bySeller': 'Résilié par le fournisseur',
  'standing.why.payment': 'Le paiement n’a pas abouti',
  'standing.why.notRenewed':
    'La période a pris fin et le renouvellement automatique était désactivé',
  'standing.why.notActivated': 'L’achat n’a jamais été activé',
  'standing.why.elsewhere': 'Résilié là où il a été acheté, ou par Microsoft',
  'standing.endedData':
    'Si vous avez encore besoin de ses données, contactez le support sans tarder.',
  'standing.endedDataUntil':
    'Nous conservons vos données jusqu’au {date}, puis nous les effaçons. Si vous en avez encore besoin, contactez le support avant cette date.',
  'standing.preparing': 'Votre achat est en cours de préparation',
  'standing.preparingLead':
    'Microsoft n’a pas encore terminé. Cette page s’actualise automatiquement, vous n’avez rien à faire.',
  'standing.lookAgain': 'Vérifier maintenant',
  'standing.stranger': 'Cet achat est destiné à une autre organisation',
  'standing.strangerLead':
    'Le compte avec lequel vous êtes connecté n’a pas effectué cet achat et n’en est pas le destinataire. Pour protéger son propriétaire, nous n’affichons aucun détail. Rien n’a été modifié.',
  'standing.strangerNote':
    'Si un collègue ou un partenaire vous a envoyé le lien, une personne de l’autre organisation doit l’ouvrir.',
} as const satisfies Translation<typeof source>;
