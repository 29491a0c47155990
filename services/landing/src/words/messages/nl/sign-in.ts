import type { Translation } from '../../translation.ts';
import type { signIn as source } from '../en/sign-in.ts';

export const signIn = {
  'signIn.notCompleted': 'De aanmelding is niet voltooid',
  'signIn.notCompletedLead':
    'U hebt geannuleerd, of in uw organisatie moet een beheerder nieuwe toepassingen goedkeuren. We bewaren uw aankoop: kom gerust terug binnen 24 uur nadat u deze hebt geopend.',
  'signIn.tryAgain': 'Opnieuw proberen',
  'signIn.otherAccount': 'Een ander account gebruiken',
  'signIn.forAdmin': 'Voor uw beheerder',
  'signIn.scopes':
    'We melden alleen personen aan en lezen hun basisprofiel (<code>{scopes}</code>). We vragen geen toegang tot gegevens van de organisatie.',
  'signIn.applicationId': 'Toepassings-id: <code>{id}</code>',
  'signIn.approve': '<link>Goedkeuren voor de hele organisatie</link> (alleen beheerders)',
  'signIn.again': 'Meld u opnieuw aan',
  'signIn.againLead':
    'De aanmelding duurde te lang of is in een andere browser geopend. Dit heeft geen gevolgen voor uw aankoop.',
  'signIn.signIn': 'Aanmelden',
  'signIn.againCookies':
    'Gebeurt dit opnieuw, dan bewaart uw browser mogelijk geen cookies van deze pagina. Sta ze toe of gebruik een andere browser.',
  'signIn.cookies': 'Uw browser bewaart geen cookies voor deze pagina',
  'signIn.cookiesLead':
    'Om u aan te melden en uw aankoop te bewaren hebben we alleen cookies van deze pagina nodig, geen voor reclame. Sta cookies toe voor <b>{host}</b>, of gebruik een andere browser of een venster dat niet privé is.',
  'signIn.cookiesNote':
    'Dit heeft geen gevolgen voor uw aankoop. Open deze daarna opnieuw vanaf de plaats waar u hebt gekocht:',
} as const satisfies Translation<typeof source>;
