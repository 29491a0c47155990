import type { Translation } from '../../translation.ts';
import type { frame as source } from '../en/frame.ts';

export const frame = {
  'frame.skip': 'Zum Hauptinhalt springen',
  'frame.signedIn': 'Angemeldet',
  'frame.signOut': 'Abmelden',
  'frame.notYou': 'Anderes Konto verwenden',
  'frame.tenant': 'Organisations-ID',
  'frame.personalAccount': 'Persönliches Microsoft-Konto',
  'frame.needHelp': 'Brauchen Sie Hilfe?',
  'frame.contactSupport': 'Support kontaktieren',
  'frame.supportCode': 'Supportcode',
  'frame.copy': 'Kopieren',
  'frame.copied': 'Kopiert',
  'frame.language': 'Sprache',
  'frame.terms': 'Nutzungsbedingungen',
  'frame.privacy': 'Datenschutz',
  'frame.openProduct': '{product} öffnen',
} as const satisfies Translation<typeof source>;
