import type { Translation } from '../../translation.ts';
import type { signIn as source } from '../en/sign-in.ts';

export const signIn = {
  'signIn.notCompleted': 'Die Anmeldung wurde nicht abgeschlossen',
  'signIn.notCompletedLead':
    'Entweder haben Sie abgebrochen, oder in Ihrer Organisation muss ein Administrator neue Apps genehmigen. Ihr Kauf ist sicher: Sie können innerhalb von 24 Stunden nach dem Öffnen wiederkommen.',
  'signIn.tryAgain': 'Erneut versuchen',
  'signIn.otherAccount': 'Anderes Konto verwenden',
  'signIn.forAdmin': 'Für Ihren Administrator',
  'signIn.scopes':
    'Wir melden Personen an und lesen ihr grundlegendes Profil (<code>{scopes}</code>). Auf Daten Ihrer Organisation möchten wir nicht zugreifen.',
  'signIn.applicationId': 'Anwendungs-ID: <code>{id}</code>',
  'signIn.approve': '<link>Für die gesamte Organisation genehmigen</link> (nur Administratoren)',
  'signIn.again': 'Bitte melden Sie sich erneut an',
  'signIn.againLead':
    'Die Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Ihr Kauf ist nicht betroffen.',
  'signIn.signIn': 'Anmelden',
  'signIn.againCookies':
    'Wenn das wieder passiert, blockiert Ihr Browser möglicherweise Cookies dieser Website. Lassen Sie sie zu, oder verwenden Sie einen anderen Browser.',
  'signIn.cookies': 'Ihr Browser blockiert Cookies',
  'signIn.cookiesLead':
    'Wir brauchen Cookies, um Sie anzumelden und Ihren Kauf wiederzufinden, nicht für Werbung. Lassen Sie Cookies für <b>{host}</b> zu, oder verwenden Sie einen anderen Browser oder ein Fenster, das nicht privat ist.',
  'signIn.cookiesNote':
    'Ihr Kauf ist nicht betroffen. Sobald Cookies zugelassen sind, öffnen Sie ihn erneut dort, wo Sie gekauft haben:',
  'signIn.as': 'Sie sind als <b>{who}</b> angemeldet.',
  'signIn.personalLead':
    'Das ist ein persönliches Konto. Wenn Sie als Teil einer Organisation gekauft haben, melden Sie sich bei dieser Organisation an. Das geht auch mit derselben E-Mail-Adresse.',
  'signIn.memberLead':
    'Wenn Ihr Konto auch zu der Organisation gehört, für die dieser Kauf bestimmt ist, melden Sie sich bei dieser Organisation an.',
  'signIn.guestLead':
    'In der Organisation, für die dieser Kauf bestimmt ist, sind Sie Gast. Bitten Sie eines ihrer Mitglieder, den Kauf einzurichten.',
  'signIn.organisation': 'Bei dieser Organisation anmelden',
} as const satisfies Translation<typeof source>;
