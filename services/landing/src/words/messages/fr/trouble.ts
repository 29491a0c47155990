import type { Translation } from '../../translation.ts';
import type { trouble as source } from '../en/trouble.ts';

export const trouble = {
  'trouble.unavailable': 'Un instant, s’il vous plaît',
  'trouble.unavailableLead':
    'Un service dont nous avons besoin est momentanément injoignable. Votre achat est conservé : rien n’est perdu.',
  'trouble.retriesItself': 'Cette page réessaie d’elle-même.',
  'trouble.tryNow': 'Réessayer maintenant',
  'trouble.broken': 'Une erreur s’est produite de notre côté',
  'trouble.brokenLead':
    'Votre achat n’est pas concerné. Réessayez ; si le problème persiste, contactez le support.',
  'trouble.tryAgain': 'Réessayer',
  'trouble.notFound': 'Cette page n’existe pas',
  'trouble.notFoundLead':
    'Ou elle appartient à quelqu’un d’autre. Si c’est la vôtre, connectez-vous avec le compte que vous avez utilisé auparavant.',
  'trouble.toPurchase': 'Aller à votre achat',
  'trouble.otherAccount': 'Utiliser un autre compte',
  'trouble.formRefused': 'Veuillez réessayer',
  'trouble.formRefusedLead':
    'Ce formulaire était trop ancien ou ne provenait pas de notre page. Rien n’a été modifié.',
  'trouble.openAgain': 'L’ouvrir à nouveau',
} as const satisfies Translation<typeof source>;
