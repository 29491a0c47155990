import type { Translation } from '../../translation.ts';
import type { trouble as source } from '../en/trouble.ts';

export const trouble = {
  'trouble.unavailable': 'Een ogenblik geduld',
  'trouble.unavailableLead':
    'We kunnen een dienst die we nodig hebben op dit moment niet bereiken. We bewaren uw aankoop: er gaat niets verloren.',
  'trouble.retriesItself': 'Deze pagina probeert het vanzelf opnieuw.',
  'trouble.tryNow': 'Nu opnieuw proberen',
  'trouble.broken': 'Er is bij ons iets misgegaan',
  'trouble.brokenLead':
    'Dit heeft geen gevolgen voor uw aankoop. Probeer het opnieuw. Blijft het zo, neem dan contact op met ondersteuning.',
  'trouble.tryAgain': 'Opnieuw proberen',
  'trouble.notFound': 'Deze pagina bestaat niet',
  'trouble.notFoundLead':
    'Of hij is van iemand anders. Is hij van u, meld u dan aan met het account dat u eerder hebt gebruikt.',
  'trouble.toPurchase': 'Naar uw aankoop',
  'trouble.otherAccount': 'Een ander account gebruiken',
  'trouble.formRefused': 'Probeer het opnieuw',
  'trouble.formRefusedLead':
    'Dit formulier was te oud of kwam niet van onze pagina. Er is niets gewijzigd.',
  'trouble.openAgain': 'Opnieuw openen',
} as const satisfies Translation<typeof source>;
