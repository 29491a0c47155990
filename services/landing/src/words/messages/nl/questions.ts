import type { Translation } from '../../translation.ts';
import type { questions as source } from '../en/questions.ts';

export const questions = {
  'questions.title': 'Een paar vragen',
  'questions.optional': '(optioneel)',
  'questions.choose': 'Selecteer een optie',
  'questions.problems':
    '{count, plural, one {Eén gegeven moet u nog controleren} other {# gegevens moet u nog controleren}}',
  'questions.titleProblem': 'Controleer uw gegevens: {title}',
  'questions.missing': 'Beantwoord deze vraag.',
  'questions.chooseOne': 'Selecteer een van de opties.',
  'questions.tick': 'Vink dit vakje aan om door te gaan.',
  'questions.unreadable': 'Verwijder regeleinden en andere onzichtbare tekens.',
  'questions.pattern': 'Gebruik de gevraagde notatie.',
  'questions.short':
    '{count, plural, one {Voer minimaal # teken in.} other {Voer minimaal # tekens in.}}',
  'questions.long':
    '{count, plural, one {Voer maximaal # teken in.} other {Voer maximaal # tekens in.}}',
  'questions.number': 'Voer een getal in.',
  'questions.whole': 'Voer een geheel getal in.',
  'questions.small': 'Voer {limit} of meer in.',
  'questions.large': 'Voer {limit} of minder in.',
} as const satisfies Translation<typeof source>;
