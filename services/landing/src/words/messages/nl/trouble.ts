import type { Translation } from '../../translation.ts';
import type { trouble as source } from '../en/trouble.ts';

export const trouble = {
  'trouble.unavailable': 'Een ogenblik geduld',
  'trouble.unavailableLead':
    'We kunnen een service die we nodig hebben nu niet bereiken. Uw aankoop is veilig.',
  'trouble.retriesItself': 'Deze pagina probeert het automatisch opnieuw.',
  'trouble.tryNow': 'Nu opnieuw proberen',
  'trouble.broken': 'Er is bij ons iets misgegaan',
  'trouble.brokenLead':
    'Dit heeft geen gevolgen voor uw aankoop. Probeer het opnieuw. Blijft het gebeuren, neem dan contact op met support.',
  'trouble.tryAgain': 'Opnieuw proberen',
  'trouble.notFound': 'Pagina niet gevonden',
  'trouble.notFoundLead':
    'De pagina bestaat misschien niet, of u hebt geen toegang. Is de pagina van u, meld u dan aan met het account dat u eerder hebt gebruikt.',
  'trouble.toPurchase': 'Naar uw aankoop',
  'trouble.otherAccount': 'Een ander account gebruiken',
  'trouble.formRefused': 'Dit formulier is niet verzonden',
  'trouble.formRefusedLead':
    'Er is niets gewijzigd. Mogelijk hebt u sinds het openen van account gewisseld, of het formulier kwam niet van onze pagina.',
  'trouble.openAgain': 'Opnieuw openen',
} as const satisfies Translation<typeof source>;
