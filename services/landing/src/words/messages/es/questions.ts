import type { Translation } from '../../translation.ts';
import type { questions as source } from '../en/questions.ts';

export const questions = {
  'questions.title': 'Algunas preguntas',
  'questions.optional': '(opcional)',
  'questions.choose': 'Seleccione una opción',
  'questions.problems':
    '{count, plural, one {Hay una respuesta que debe revisar} other {Hay # respuestas que debe revisar}}',
  'questions.titleProblem': 'Revise sus respuestas: {title}',
  'questions.missing': 'Responda a esta pregunta.',
  'questions.chooseOne': 'Seleccione una de las opciones.',
  'questions.tick': 'Marque esta casilla para continuar.',
  'questions.unreadable': 'Elimine los saltos de línea y otros caracteres invisibles.',
  'questions.pattern': 'Use el formato solicitado.',
  'questions.short':
    '{count, plural, one {Introduzca al menos # carácter.} other {Introduzca al menos # caracteres.}}',
  'questions.long':
    '{count, plural, one {Introduzca como máximo # carácter.} other {Introduzca como máximo # caracteres.}}',
  'questions.number': 'Introduzca un número.',
  'questions.whole': 'Introduzca un número entero.',
  'questions.small': 'Introduzca {limit} o más.',
  'questions.large': 'Introduzca {limit} o menos.',
} as const satisfies Translation<typeof source>;
