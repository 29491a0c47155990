import type { Translation } from '../../translation.ts';
import type { signIn as source } from '../en/sign-in.ts';

export const signIn = {
  'signIn.notCompleted': 'Het aanmelden is niet voltooid',
  'signIn.notCompletedLead':
    'U hebt geannuleerd, of uw organisatie vereist dat een beheerder nieuwe apps goedkeurt. Uw aankoop is veilig: u kunt tot 24 uur na het openen terugkomen.',
  'signIn.tryAgain': 'Opnieuw proberen',
  'signIn.otherAccount': 'Een ander account gebruiken',
  'signIn.forAdmin': 'Voor uw beheerder',
  'signIn.scopes':
    'We melden personen aan en lezen hun basisprofiel (<code>{scopes}</code>). We vragen geen toegang tot gegevens van uw organisatie.',
  'signIn.applicationId': 'Toepassings-id: <code>{id}</code>',
  'signIn.approve': '<link>Goedkeuren voor de hele organisatie</link> (alleen beheerders)',
  'signIn.again': 'Meld u opnieuw aan',
  'signIn.againLead':
    'Het aanmelden duurde te lang of is in een andere browser begonnen. Dit heeft geen gevolgen voor uw aankoop.',
  'signIn.signIn': 'Aanmelden',
  'signIn.againCookies':
    'Gebeurt dit vaker, dan blokkeert uw browser mogelijk cookies van deze site. Sta ze toe of gebruik een andere browser.',
  'signIn.cookies': 'Uw browser blokkeert cookies',
  'signIn.cookiesLead':
    'We hebben cookies nodig om u aan te melden en uw aankoop te onthouden, niet voor reclame. Sta cookies voor <b>{host}</b> toe, of gebruik een andere browser of een venster dat niet privé is.',
  'signIn.cookiesNote':
    'Dit heeft geen gevolgen voor uw aankoop. Open deze opnieuw vanaf de plek waar u hebt gekocht zodra cookies zijn toegestaan:',
  'signIn.as': 'U bent aangemeld als <b>{who}</b>.',
  'signIn.personalLead':
    'Dit is een persoonlijk account. Hebt u als lid van een organisatie gekocht, meld u dan aan bij die organisatie: dat kan met hetzelfde e-mailadres.',
  'signIn.memberLead':
    'Hoort uw account ook bij de organisatie waarvoor deze aankoop is, meld u dan aan bij die organisatie.',
  'signIn.guestLead':
    'U bent gast in de organisatie waarvoor deze aankoop is. Vraag een van de leden om de aankoop in te stellen.',
  'signIn.organisation': 'Aanmelden bij die organisatie',
} as const satisfies Translation<typeof source>;
