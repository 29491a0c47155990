import type { Translation } from '../../translation.ts';
import type { questions as source } from '../en/questions.ts';

export const questions = {
  'questions.title': 'Ce que nous devons savoir',
  'questions.optional': '(facultatif)',
  'questions.choose': 'Veuillez choisir',
  'questions.problems':
    '{count, plural, one {Une réponse est à vérifier} other {# réponses sont à vérifier}}',
  'questions.titleProblem': 'À vérifier : {title}',
  'questions.missing': 'Veuillez répondre à cette question.',
  'questions.chooseOne': 'Veuillez choisir l’une des options.',
  'questions.tick': 'Veuillez cocher cette case avant de continuer.',
  'questions.unreadable':
    'Veuillez retirer les sauts de ligne et les autres caractères invisibles.',
  'questions.pattern': 'Veuillez respecter le format demandé.',
  'questions.short':
    '{count, plural, one {Veuillez saisir au moins # caractère.} other {Veuillez saisir au moins # caractères.}}',
  'questions.long':
    '{count, plural, one {Veuillez saisir au plus # caractère.} other {Veuillez saisir au plus # caractères.}}',
  'questions.number': 'Veuillez saisir un nombre.',
  'questions.whole': 'Veuillez saisir un nombre entier.',
  'questions.small': 'Veuillez saisir {limit} ou plus.',
  'questions.large': 'Veuillez saisir {limit} ou moins.',
} as const satisfies Translation<typeof source>;
