import type { Translation } from '../../translation.ts';
import type { questions as source } from '../en/questions.ts';

export const questions = {
  'questions.title': 'Was wir noch wissen möchten',
  'questions.optional': '(optional)',
  'questions.choose': 'Bitte auswählen',
  'questions.problems':
    '{count, plural, one {Eine Angabe ist noch zu prüfen} other {# Angaben sind noch zu prüfen}}',
  'questions.titleProblem': 'Bitte prüfen: {title}',
  'questions.missing': 'Bitte beantworten Sie diese Frage.',
  'questions.chooseOne': 'Bitte wählen Sie eine der Möglichkeiten.',
  'questions.tick': 'Bitte haken Sie dies an, bevor Sie fortfahren.',
  'questions.unreadable':
    'Bitte verwenden Sie keine Zeilenumbrüche oder anderen unsichtbaren Zeichen.',
  'questions.pattern': 'Bitte verwenden Sie die verlangte Form.',
  'questions.short':
    '{count, plural, one {Bitte geben Sie mindestens # Zeichen ein.} other {Bitte geben Sie mindestens # Zeichen ein.}}',
  'questions.long':
    '{count, plural, one {Bitte geben Sie höchstens # Zeichen ein.} other {Bitte geben Sie höchstens # Zeichen ein.}}',
  'questions.number': 'Bitte geben Sie eine Zahl ein.',
  'questions.whole': 'Bitte geben Sie eine ganze Zahl ein.',
  'questions.small': 'Bitte geben Sie {limit} oder mehr ein.',
  'questions.large': 'Bitte geben Sie {limit} oder weniger ein.',
} as const satisfies Translation<typeof source>;
