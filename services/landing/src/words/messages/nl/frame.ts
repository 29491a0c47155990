import type { Translation } from '../../translation.ts';
import type { frame as source } from '../en/frame.ts';

export const frame = {
  'frame.skip': 'Naar de hoofdinhoud',
  'frame.signedIn': 'Aangemeld',
  'frame.signOut': 'Afmelden',
  'frame.notYou': 'Een ander account gebruiken',
  'frame.tenant': 'Organisatie-id',
  'frame.personalAccount': 'Persoonlijk Microsoft-account',
  'frame.needHelp': 'Hulp nodig?',
  'frame.contactSupport': 'Contact opnemen met support',
  'frame.supportCode': 'Supportcode',
  'frame.copy': 'Kopiëren',
  'frame.copied': 'Gekopieerd',
  'frame.language': 'Taal',
  'frame.terms': 'Gebruiksvoorwaarden',
  'frame.privacy': 'Privacy',
  'frame.openProduct': '{product} openen',
} as const satisfies Translation<typeof source>;
