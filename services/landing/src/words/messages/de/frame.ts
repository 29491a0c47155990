import type { Translation } from '../../translation.ts';
import type { frame as source } from '../en/frame.ts';

export const frame = {
  'frame.skip': 'Zum Inhalt springen',
  'frame.signedIn': 'Angemeldet',
  'frame.signOut': 'Abmelden',
  'frame.notYou': 'Das sind nicht Sie? Anderes Konto verwenden',
  'frame.tenant': 'Mandant',
  'frame.personalAccount': 'Persönliches Microsoft-Konto',
  'frame.needHelp': 'Benötigen Sie Hilfe?',
  'frame.contactSupport': 'Support kontaktieren',
  'frame.supportCode': 'Supportcode',
  'frame.copy': 'Kopieren',
  'frame.copied': 'Kopiert',
  'frame.language': 'Sprache',
  'frame.terms': 'Nutzungsbedingungen',
  'frame.privacy': 'Datenschutz',
  'frame.openProduct': '{product} öffnen',
} as const satisfies Translation<typeof source>;
