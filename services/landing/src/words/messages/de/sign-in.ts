import type { Translation } from '../../translation.ts';
import type { signIn as source } from '../en/sign-in.ts';

export const signIn = {
  'signIn.notCompleted': 'Die Anmeldung wurde nicht abgeschlossen',
  'signIn.notCompletedLead':
    'Entweder haben Sie abgebrochen, oder in Ihrer Organisation muss ein Administrator neue Anwendungen genehmigen. Ihr Kauf bleibt erhalten: Kommen Sie innerhalb von 24 Stunden nach dem Öffnen jederzeit zurück.',
  'signIn.tryAgain': 'Erneut versuchen',
  'signIn.otherAccount': 'Anderes Konto verwenden',
  'signIn.forAdmin': 'Für Ihren Administrator',
  'signIn.scopes':
    'Wir melden nur Personen an und lesen ihr grundlegendes Profil (<code>{scopes}</code>). Wir verlangen keinen Zugriff auf Daten der Organisation.',
  'signIn.applicationId': 'Anwendungs-ID: <code>{id}</code>',
  'signIn.approve': '<link>Für die gesamte Organisation genehmigen</link> (nur Administratoren)',
  'signIn.again': 'Bitte melden Sie sich erneut an',
  'signIn.againLead':
    'Die Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser geöffnet. Ihr Kauf ist davon nicht betroffen.',
  'signIn.signIn': 'Anmelden',
  'signIn.againCookies':
    'Wenn das erneut geschieht, speichert Ihr Browser möglicherweise keine Cookies dieser Seite. Bitte erlauben Sie diese, oder verwenden Sie einen anderen Browser.',
  'signIn.cookies': 'Ihr Browser speichert für diese Seite keine Cookies',
  'signIn.cookiesLead':
    'Um Sie anzumelden und Ihren Kauf zu behalten, brauchen wir Cookies nur dieser Seite, keine für Werbung. Bitte erlauben Sie Cookies für <b>{host}</b>, oder verwenden Sie einen anderen Browser oder ein Fenster, das nicht privat ist.',
  'signIn.cookiesNote':
    'Ihr Kauf ist davon nicht betroffen. Öffnen Sie ihn danach erneut dort, wo Sie gekauft haben:',
} as const satisfies Translation<typeof source>;
