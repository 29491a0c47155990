import type { Translation } from '../../translation.ts';
import type { questions as source } from '../en/questions.ts';

export const questions = {
  'questions.title': 'Lo que necesitamos saber',
  'questions.optional': '(opcional)',
  'questions.choose': 'Elija una opción',
  'questions.problems':
    '{count, plural, one {Hay un dato por revisar} other {Hay # datos por revisar}}',
  'questions.titleProblem': 'Revise: {title}',
  'questions.missing': 'Responda a esta pregunta.',
  'questions.chooseOne': 'Elija una de las opciones.',
  'questions.tick': 'Marque esta casilla antes de continuar.',
  'questions.unreadable': 'Quite los saltos de línea y otros caracteres invisibles.',
  'questions.pattern': 'Use el formato solicitado.',
  'questions.short':
    '{count, plural, one {Escriba al menos # carácter.} other {Escriba al menos # caracteres.}}',
  'questions.long':
    '{count, plural, one {Escriba como máximo # carácter.} other {Escriba como máximo # caracteres.}}',
  'questions.number': 'Escriba un número.',
  'questions.whole': 'Escriba un número entero.',
  'questions.small': 'Escriba {limit} o más.',
  'questions.large': 'Escriba {limit} o menos.',
} as const satisfies Translation<typeof source>;
