/** The publisher's questions, and what is said about answers of any form. */
export const questions = {
  'questions.title': 'What we need to know',
  'questions.optional': '(optional)',
  'questions.choose': 'Please choose',
  'questions.problems':
    '{count, plural, one {One entry needs your attention} other {# entries need your attention}}',
  'questions.titleProblem': 'Please check: {title}',
  'questions.missing': 'Please answer this question.',
  'questions.chooseOne': 'Please choose one of the options.',
  'questions.tick': 'Please tick this before you go on.',
  'questions.unreadable': 'Please leave out line breaks and other invisible characters.',
  'questions.pattern': 'Please use the form that is asked for.',
  'questions.short':
    '{count, plural, one {Please enter at least # character.} other {Please enter at least # characters.}}',
  'questions.long':
    '{count, plural, one {Please enter at most # character.} other {Please enter at most # characters.}}',
  'questions.number': 'Please enter a number.',
  'questions.whole': 'Please enter a whole number.',
  'questions.small': 'Please enter {limit} or more.',
  'questions.large': 'Please enter {limit} or less.',
} as const;
