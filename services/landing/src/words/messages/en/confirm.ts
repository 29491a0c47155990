/** The page on which a purchase is confirmed, or a running subscription linked. */
export const confirm = {
  'confirm.title': 'Confirm your purchase',
  'confirm.titleLink': 'Link your subscription',
  'confirm.lead':
    'Check your order, then confirm to activate {product}. You won’t be billed before that.',
  'confirm.leadLink':
    'This subscription is already active. Link it to your account to start using {product}.',
  'confirm.failedBefore':
    'The last activation didn’t go through, and you weren’t billed. You can confirm again.',
  'confirm.restored':
    'This form hasn’t been sent yet. Your entries are still here: check them and confirm.',
  'confirm.submit': 'Confirm and activate',
  'confirm.submitLink': 'Link to my account',
  'confirm.noteLink': 'Your plan and price stay the same.',
  'confirm.note': 'Microsoft then activates your subscription, usually within two minutes.',
  'confirm.deadline':
    'Confirm by {date}. After that, Microsoft cancels the purchase and you aren’t billed.',
  'confirm.email': 'Contact email',
  'confirm.emailOfCustomer': 'Customer’s contact email',
  'confirm.emailHelp': 'Used for messages about this subscription, not to sign in.',
  'confirm.emailProblem': 'Enter an email address, for example name@example.com.',
  'confirm.forCustomer':
    'You’re signed in as the partner who made this purchase. The subscription will belong to your customer’s organisation, not to yours.',
  'confirm.customer': 'Customer:',
  'confirm.ownerUnknown':
    'Microsoft didn’t tell us which organisation this purchase is for, so we can’t check that it’s yours.',
  'confirm.onBehalf': 'I’m setting this up on behalf of this customer.',
  'confirm.entitled': 'I’m authorised to set this up for my organisation.',
  'confirm.tickProblem': 'Tick this box to continue.',
} as const;
