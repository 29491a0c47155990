import type { Translation } from '../../translation.ts';
import type { trouble as source } from '../en/trouble.ts';

export const trouble = {
  'trouble.unavailable': 'Un instant, s’il vous plaît',
  'trouble.unavailableLead':
    'Nous ne parvenons pas à joindre un service dont nous avons besoin. Votre achat est conservé.',
  'trouble.retriesItself': 'Cette page réessaie automatiquement.',
  'trouble.tryNow': 'Réessayer maintenant',
  'trouble.broken': 'Un problème est survenu de notre côté',
  'trouble.brokenLead':
    'Votre achat n’est pas concerné. Veuillez réessayer. Si le problème persiste, contactez le support.',
  'trouble.tryAgain': 'Réessayer',
  'trouble.notFound': 'Page introuvable',
  'trouble.notFoundLead':
    'Cette page n’existe peut-être pas, ou vous n’y avez pas accès. Si c’est la vôtre, connectez-vous avec le compte que vous avez utilisé auparavant.',
  'trouble.toPurchase': 'Accéder à votre achat',
  'trouble.otherAccount': 'Utiliser un autre compte',
  'trouble.formRefused': 'Ce formulaire n’a pas été envoyé',
  'trouble.formRefusedLead':
    'Rien n’a été modifié. Vous avez peut-être changé de compte après avoir ouvert le formulaire, ou il ne provient pas de notre page.',
  'trouble.openAgain': 'L’ouvrir à nouveau',
} as const satisfies Translation<typeof source>;
