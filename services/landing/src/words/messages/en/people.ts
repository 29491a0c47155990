/** Who can view and manage a subscription, and how somebody gets access. */
export const people = {
  'people.role.owner': 'Owner',
  'people.role.admin': 'Administrator',
  'people.role.viewer': 'Viewer',
  'people.title': 'People and roles',
  'people.lead':
    'Colleagues who open this subscription’s page can request access. You approve or decline it here.',
  'people.roles.owner': 'Owners can do everything, including cancelling and adding other owners.',
  'people.roles.admin': 'Administrators can change the plan and seats, and give colleagues access.',
  'people.roles.viewer': 'Viewers can look at the subscription but not change anything.',
  'people.waiting': 'Access requests',
  'people.waiting.none': 'No requests.',
  'people.asked': 'since {date}',
  'people.members': 'People with access',
  'people.you': 'you',
  'people.nameless': 'Unnamed person',
  'people.giveTo': 'Role for {name}',
  'people.grant': 'Approve',
  'people.refuse': 'Decline',
  'people.save': 'Save role',
  'people.remove': 'Remove',
  'people.saved': 'Saved.',
  'people.problem.lastOwner':
    'You can’t remove the last owner or change their role. Add another owner first.',
  'people.problem.ownerOnly': 'Only owners can add or remove owners.',
  'people.problem.tooMany': 'This subscription has reached its maximum number of people.',
  'people.problem.unknown': 'This person no longer has access and hasn’t requested it.',
  'people.guests': 'Guests of your organisation can’t get access.',
  'people.ask.title': 'Request access',
  'people.ask.lead':
    'Your organisation uses {product}. You don’t have access to this subscription yet, but the people who manage it can give it to you.',
  'people.ask.shared':
    'Your name and email address are shared with them and with the seller of {product}.',
  'people.ask.send': 'Request access',
  'people.ask.sent': 'Access requested',
  'people.ask.sentText':
    'The people who manage this subscription can see your request. Come back to this page once they’ve approved it.',
  'people.ask.noAnswer':
    'No answer? Contact support for {product}. They can add a new owner if yours has left.',
  'people.ask.refused': 'You don’t have access',
  'people.ask.refusedText':
    'Your request was declined, or your access was removed. You can request access again after one day.',
  'people.ask.full':
    'Too many requests are already waiting. Please speak to the people who manage the subscription.',
} as const;
