import type { Translation } from '../../translation.ts';
import type { questions as source } from '../en/questions.ts';

export const questions = {
  'questions.title': 'Wat we nog willen weten',
  'questions.optional': '(optioneel)',
  'questions.choose': 'Maak een keuze',
  'questions.problems':
    '{count, plural, one {Eén antwoord vraagt uw aandacht} other {# antwoorden vragen uw aandacht}}',
  'questions.titleProblem': 'Controleer: {title}',
  'questions.missing': 'Beantwoord deze vraag.',
  'questions.chooseOne': 'Kies een van de mogelijkheden.',
  'questions.tick': 'Vink dit aan voordat u verdergaat.',
  'questions.unreadable': 'Laat regeleinden en andere onzichtbare tekens weg.',
  'questions.pattern': 'Gebruik de gevraagde vorm.',
  'questions.short':
    '{count, plural, one {Voer minstens # teken in.} other {Voer minstens # tekens in.}}',
  'questions.long':
    '{count, plural, one {Voer hoogstens # teken in.} other {Voer hoogstens # tekens in.}}',
  'questions.number': 'Voer een getal in.',
  'questions.whole': 'Voer een geheel getal in.',
  'questions.small': 'Voer {limit} of meer in.',
  'questions.large': 'Voer {limit} of minder in.',
} as const satisfies Translation<typeof source>;
