/** Who may see and manage a subscription, and asking for it. */
export const people = {
  'people.role.owner': 'Owner',
  'people.role.admin': 'Administrator',
  'people.role.viewer': 'Viewer',
  'people.title': 'People and roles',
  'people.lead':
    'Colleagues of your organisation who open the page of this subscription can ask for access. Here you decide.',
  'people.roles.owner': 'Owners may do everything, also cancel and name other owners.',
  'people.roles.admin': 'Administrators change plan and seats and let in colleagues.',
  'people.roles.viewer': 'Viewers look, and change nothing.',
  'people.waiting': 'Asking for access',
  'people.waiting.none': 'Nobody is asking for access.',
  'people.asked': 'since {date}',
  'people.members': 'With access',
  'people.you': 'you',
  'people.nameless': 'Person without a name',
  'people.giveTo': 'Role of {name}',
  'people.grant': 'Let in',
  'people.refuse': 'Refuse',
  'people.save': 'Save role',
  'people.remove': 'Remove',
  'people.saved': 'Saved.',
  'people.problem.lastOwner':
    'The last owner cannot be removed or given another role. Name another owner first.',
  'people.problem.ownerOnly': 'Owners are named and removed by owners alone.',
  'people.problem.tooMany': 'There are as many people as a subscription can have here.',
  'people.problem.unknown': 'This person has no access any more, and does not ask for it.',
  'people.guests': 'Guests of your organisation cannot be let in.',
  'people.ask.title': 'Ask for access',
  'people.ask.lead':
    'Your organisation uses {product}. You have no access to this subscription yet; whoever manages it can give it to you.',
  'people.ask.shared': 'With the request they see your name and your e-mail address.',
  'people.ask.send': 'Ask for access',
  'people.ask.sent': 'You have asked for access',
  'people.ask.sentText':
    'The people who manage this subscription see your request on its page. Open this address again once they have let you in.',
  'people.ask.refused': 'You have no access',
  'people.ask.refusedText':
    'Your request was refused, or your access was taken back. You can ask again a day after that.',
  'people.ask.full':
    'Too many requests are waiting already. Please speak to whoever manages the subscription.',
} as const;
