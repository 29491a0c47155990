/** The publisher's questions, and what is said about answers of any form. */
export const questions = {
  'questions.title': 'A few questions',
  'questions.optional': '(optional)',
  'questions.choose': 'Select an option',
  'questions.problems':
    '{count, plural, one {One entry needs your attention} other {# entries need your attention}}',
  'questions.titleProblem': 'Check your entries: {title}',
  'questions.missing': 'Answer this question.',
  'questions.chooseOne': 'Select one of the options.',
  'questions.tick': 'Tick this box to continue.',
  'questions.unreadable': 'Remove line breaks and other invisible characters.',
  'questions.pattern': 'Use the requested format.',
  'questions.short':
    '{count, plural, one {Enter at least # character.} other {Enter at least # characters.}}',
  'questions.long':
    '{count, plural, one {Enter no more than # character.} other {Enter no more than # characters.}}',
  'questions.number': 'Enter a number.',
  'questions.whole': 'Enter a whole number.',
  'questions.small': 'Enter {limit} or more.',
  'questions.large': 'Enter {limit} or less.',
} as const;
