import type { Translation } from '../../translation.ts';
import type { questions as source } from '../en/questions.ts';

export const questions = {
  'questions.title': 'Quelques questions',
  'questions.optional': '(facultatif)',
  'questions.choose': 'Sélectionnez une option',
  'questions.problems':
    '{count, plural, one {Une réponse est à vérifier} other {# réponses sont à vérifier}}',
  'questions.titleProblem': 'Vérifiez vos réponses : {title}',
  'questions.missing': 'Répondez à cette question.',
  'questions.chooseOne': 'Sélectionnez l’une des options.',
  'questions.tick': 'Cochez cette case pour continuer.',
  'questions.unreadable': 'Supprimez les sauts de ligne et autres caractères invisibles.',
  'questions.pattern': 'Utilisez le format demandé.',
  'questions.short':
    '{count, plural, one {Saisissez au moins # caractère.} other {Saisissez au moins # caractères.}}',
  'questions.long':
    '{count, plural, one {Saisissez au plus # caractère.} other {Saisissez au plus # caractères.}}',
  'questions.number': 'Saisissez un nombre.',
  'questions.whole': 'Saisissez un nombre entier.',
  'questions.small': 'Saisissez {limit} ou plus.',
  'questions.large': 'Saisissez {limit} ou moins.',
} as const satisfies Translation<typeof source>;
