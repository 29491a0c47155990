/** What is said when something behind the page fails, or when there is nothing to show. */
export const trouble = {
  'trouble.unavailable': 'One moment, please',
  'trouble.unavailableLead':
    'We can’t reach a service that we need right now. Your purchase is safe.',
  'trouble.retriesItself': 'This page tries again automatically.',
  'trouble.tryNow': 'Try again now',
  'trouble.broken': 'Something went wrong on our side',
  'trouble.brokenLead':
    'Your purchase isn’t affected. Please try again. If it keeps happening, contact support.',
  'trouble.tryAgain': 'Try again',
  'trouble.notFound': 'Page not found',
  'trouble.notFoundLead':
    'This page may not exist, or you may not have access to it. If it’s yours, sign in with the account you used before.',
  'trouble.toPurchase': 'Go to your purchase',
  'trouble.otherAccount': 'Use another account',
  'trouble.formRefused': 'This form wasn’t sent',
  'trouble.formRefusedLead':
    'Nothing was changed. You may have switched accounts after you opened the form, or the form didn’t come from our page.',
  'trouble.openAgain': 'Open it again',
} as const;
