import type { Translation } from '../../translation.ts';
import type { frame as source } from '../en/frame.ts';

export const frame = {
  'frame.skip': 'Aller au contenu principal',
  'frame.signedIn': 'Connecté',
  'frame.signOut': 'Se déconnecter',
  'frame.notYou': 'Utiliser un autre compte',
  'frame.tenant': 'ID de l’organisation',
  'frame.personalAccount': 'Compte Microsoft personnel',
  'frame.needHelp': 'Besoin d’aide ?',
  'frame.contactSupport': 'Contacter le support',
  'frame.supportCode': 'Code de support',
  'frame.copy': 'Copier',
  'frame.copied': 'Copié',
  'frame.language': 'Langue',
  'frame.terms': 'Conditions d’utilisation',
  'frame.privacy': 'Confidentialité',
  'frame.openProduct': 'Ouvrir {product}',
} as const satisfies Translation<typeof source>;
