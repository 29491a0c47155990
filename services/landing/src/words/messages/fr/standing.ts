import type { Translation } from '../../translation.ts';
import type { standing as source } from '../en/standing.ts';

export const standing = {
  'standing.active': 'Votre abonnement est actif',
  'standing.byPartner':
    'Un partenaire a effectué cet achat pour vous. C’est lui qui modifie le plan et les licences ou qui annule.',
  'standing.whereBought':
    'Modifiez le plan ou les licences, ou annulez, à l’endroit où vous avez acheté : dans le <azure>portail Azure</azure> ou le <admin>Centre d’administration Microsoft 365</admin>.',
  'standing.suspended': 'Le paiement est manquant',
  'standing.suspendedLead':
    'Microsoft n’a pas pu encaisser le paiement et a suspendu cet abonnement. <b>Vos données sont en sécurité.</b> Dès que le paiement est réglé, tout fonctionne comme avant.',
  'standing.suspendedEnds':
    'Sans paiement, Microsoft met définitivement fin à l’abonnement {days} jours après la suspension.',
  'standing.suspendedEndsOn':
    'Sans paiement, Microsoft met définitivement fin à l’abonnement {days} jours après la suspension, vers le <b>{date}</b>.',
  'standing.askPartner':
    'Un partenaire a effectué cet achat pour vous : demandez-lui de régler le paiement.',
  'standing.settle': 'Régler auprès de Microsoft',
  'standing.adminCenter': 'Centre d’administration Microsoft 365',
  'standing.ended': 'Cet abonnement a pris fin',
  'standing.endedLead':
    'Il ne peut pas être redémarré. Pour continuer à utiliser {product}, achetez-le à nouveau : le nouvel abonnement est indépendant de celui-ci.',
  'standing.buyAgain': 'Acheter à nouveau',
  'standing.endedSubscription': 'L’abonnement terminé',
  'standing.endedData':
    'Si vous avez encore besoin de ses données, contactez le support sans tarder.',
  'standing.endedDataUntil':
    'Vos données sont conservées jusqu’au {date}, puis effacées. Si vous en avez encore besoin, contactez le support avant cette date.',
  'standing.preparing': 'Votre achat est encore en préparation',
  'standing.preparingLead':
    'Microsoft n’a pas encore terminé. Cette page vérifie d’elle-même ; vous n’avez rien à faire.',
  'standing.lookAgain': 'Vérifier maintenant',
  'standing.stranger': 'Cet achat est destiné à une autre organisation',
  'standing.strangerLead':
    'Vous êtes connecté avec un compte qui n’a pas effectué cet achat et auquel il n’est pas destiné. Pour protéger son propriétaire, nous n’en montrons rien, et rien n’a été modifié.',
  'standing.strangerNote':
    'Si un collègue ou un partenaire vous a envoyé le lien, demandez qu’il soit ouvert par une personne de l’organisation à laquelle l’achat est destiné.',
} as const satisfies Translation<typeof source>;
