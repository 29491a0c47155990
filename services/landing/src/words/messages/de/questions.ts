import type { Translation } from '../../translation.ts';
import type { questions as source } from '../en/questions.ts';

export const questions = {
  'questions.title': 'Einige Fragen',
  'questions.optional': '(optional)',
  'questions.choose': 'Option auswählen',
  'questions.problems':
    '{count, plural, one {Eine Angabe ist noch zu prüfen} other {# Angaben sind noch zu prüfen}}',
  'questions.titleProblem': 'Angaben prüfen: {title}',
  'questions.missing': 'Beantworten Sie diese Frage.',
  'questions.chooseOne': 'Wählen Sie eine der Optionen.',
  'questions.tick': 'Setzen Sie dieses Häkchen, um fortzufahren.',
  'questions.unreadable': 'Entfernen Sie Zeilenumbrüche und andere unsichtbare Zeichen.',
  'questions.pattern': 'Verwenden Sie das verlangte Format.',
  'questions.short':
    '{count, plural, one {Geben Sie mindestens # Zeichen ein.} other {Geben Sie mindestens # Zeichen ein.}}',
  'questions.long':
    '{count, plural, one {Geben Sie höchstens # Zeichen ein.} other {Geben Sie höchstens # Zeichen ein.}}',
  'questions.number': 'Geben Sie eine Zahl ein.',
  'questions.whole': 'Geben Sie eine ganze Zahl ein.',
  'questions.small': 'Geben Sie {limit} oder mehr ein.',
  'questions.large': 'Geben Sie {limit} oder weniger ein.',
} as const satisfies Translation<typeof source>;
