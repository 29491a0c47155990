/** The page on which a purchase is confirmed, or a running subscription linked. */
export const confirm = {
  'confirm.title': 'Confirm your purchase',
  'confirm.titleLink': 'Link your subscription',
  'confirm.lead':
    'You bought {product} from Microsoft. Check that everything is right; billing starts only after you have confirmed.',
  'confirm.leadLink':
    'This subscription is active. Link it to your account, and it is yours to use.',
  'confirm.failedBefore':
    'The last activation did not succeed and nothing was billed. You may confirm again.',
  'confirm.submit': 'Confirm and activate',
  'confirm.submitLink': 'Link to my account',
  'confirm.noteLink': 'Nothing about your plan or its price changes.',
  'confirm.note':
    'Next we ask Microsoft to activate the subscription. That usually takes less than two minutes. A purchase that nobody confirms is cancelled by Microsoft after 30 days and never billed.',
  'confirm.daysLeft':
    '{days, plural, =0 {This is the last day to confirm it.} one {# day is left to confirm it.} other {# days are left to confirm it.}}',
  'confirm.email': 'Contact e-mail',
  'confirm.emailOfCustomer': 'Customer’s contact e-mail',
  'confirm.emailHelp': 'For messages about this subscription. It is no sign-in name.',
  'confirm.emailProblem': 'Please enter an e-mail address such as name@example.com.',
  'confirm.forCustomer':
    'You are signed in for the partner that bought this. The subscription is for the customer’s organisation and will belong to it, not to you.',
  'confirm.customer': 'Customer:',
  'confirm.ownerUnknown':
    'Microsoft did not tell us which organisation this purchase is for, so we cannot check that it is yours.',
  'confirm.onBehalf': 'I set it up on behalf of this customer.',
  'confirm.entitled': 'I am entitled to set it up for my organisation.',
  'confirm.tickProblem': 'Please confirm this before you go on.',
} as const;
