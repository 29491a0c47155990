/** What is said when something behind the page fails, or when there is nothing to show. */
export const trouble = {
  'trouble.unavailable': 'One moment please',
  'trouble.unavailableLead':
    'We cannot reach a service that we need right now. We keep your purchase: nothing is lost.',
  'trouble.retriesItself': 'This page tries again by itself.',
  'trouble.tryNow': 'Try again now',
  'trouble.broken': 'Something went wrong on our side',
  'trouble.brokenLead':
    'Your purchase is not affected. Please try again; if it stays, contact support.',
  'trouble.tryAgain': 'Try again',
  'trouble.notFound': 'There is no such page',
  'trouble.notFoundLead':
    'Or it belongs to somebody else. If it is yours, sign in with the account that you used before.',
  'trouble.toPurchase': 'Go to your purchase',
  'trouble.otherAccount': 'Use another account',
  'trouble.formRefused': 'Please try again',
  'trouble.formRefusedLead':
    'This form was too old or did not come from our page. Nothing was changed.',
  'trouble.openAgain': 'Open it again',
} as const;
