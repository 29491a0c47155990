/** Changing plan and seats, cancelling, and following what comes of it. */
export const changes = {
  'changes.next': 'Continue',
  'changes.back': 'Back, change nothing',
  'changes.plan.title': 'Change the plan',
  'changes.plan.lead': 'Choose a plan. You see the effect before anything happens.',
  'changes.plan.legend': 'Plans you can move to',
  'changes.plan.current': 'Your plan now',
  'changes.plan.seatsFrom': '{min, plural, one {from # seat} other {from # seats}}',
  'changes.plan.seatsTo': '{max, plural, one {up to # seat} other {up to # seats}}',
  'changes.plan.seatsBetween': '{min} to {max} seats',
  'changes.plan.perSeat': '{price} per seat, for a term of {term}',
  'changes.plan.price': '{price}, for a term of {term}',
  'changes.plan.private': 'Private plan',
  'changes.plan.trial': 'Free trial',
  'changes.plan.unfit':
    'These plans need another number of seats than yours; change the seats first:',
  'changes.plan.refused': 'Not available for your subscription:',
  'changes.plan.missing': 'Choose a plan.',
  'changes.confirm.title': 'Check the change',
  'changes.confirm.from': 'Now',
  'changes.confirm.to': 'After the change',
  'changes.confirm.when': 'When',
  'changes.confirm.whenValue':
    'Today, {date}: as soon as Microsoft confirms it, usually within minutes.',
  'changes.confirm.planMoney':
    'Microsoft sets the prepaid amount off against the new price, to the day. Usage above what is included is billed by the plan in which it occurred.',
  'changes.confirm.seatsMoney':
    'Microsoft charges added seats for the rest of the term, to the day. For seats you give up, the terms of your purchase apply.',
  'changes.confirm.endsTrial':
    'Your free trial ends at once: the new plan has none, and it is billed from then on.',
  'changes.confirm.newTerm': 'What the new plan includes in usage is counted from zero.',
  'changes.confirm.approve': 'Change now',
  'changes.confirm.approval':
    'With the button you approve the change. We record who did, and when.',
  'changes.seats.title': 'Change the seats',
  'changes.seats.lead': '{count, plural, one {You have # seat now.} other {You have # seats now.}}',
  'changes.seats.label': 'New number of seats',
  'changes.seats.range': '{min} to {max}',
  'changes.seats.none': 'Your subscription can’t have another number of seats.',
  'changes.seats.between': 'Possible: {possible}',
  'changes.seats.problem':
    'Enter a whole number other than the one you have now. Possible: {possible}',
  'changes.seats.count': '{count, plural, one {# seat} other {# seats}}',
  'changes.cancel.title': 'Cancel the subscription',
  'changes.cancel.lead': 'Please read what follows from it. It cannot be undone.',
  'changes.cancel.access':
    'As soon as Microsoft confirms it, usually within minutes, the subscription ends and your organisation can no longer use {product}.',
  'changes.cancel.money':
    'Within 72 hours of the purchase nothing is charged. After that Microsoft charges the present term as agreed and refunds nothing.',
  'changes.cancel.data':
    'Your data is kept for at least {days, plural, one {# day} other {# days}} after the end and is then erased. Export what you need before.',
  'changes.cancel.again': 'Whoever wants to use {product} again later buys a new subscription.',
  'changes.cancel.alternative':
    'If you only want no next term: switch off the renewal in the <azure>Azure portal</azure> or the <m365>Microsoft 365 admin center</m365>, and use the present term to its end.',
  'changes.cancel.tick': 'I want to end this subscription, and I know that this cannot be undone.',
  'changes.cancel.tickMissing': 'Please confirm this before you go on.',
  'changes.cancel.approve': 'Cancel the subscription now',
  'changes.cancel.keep': 'Keep the subscription',
  'changes.what.plan': 'Change to the plan {plan}',
  'changes.what.seats': '{count, plural, one {Change to # seat} other {Change to # seats}}',
  'changes.what.cancel': 'Cancellation',
  'changes.stage.requested': 'Your request is recorded',
  'changes.stage.sent': 'Microsoft is carrying it out',
  'changes.stage.succeeded': 'The change is in force',
  'changes.stage.cancelled': 'The subscription has ended',
  'changes.stage.failed': 'The change was not made',
  'changes.step.recorded': 'Recorded by us',
  'changes.step.sent': 'Taken by Microsoft',
  'changes.step.done': 'Confirmed by Microsoft',
  'changes.time':
    'That usually takes less than two minutes. You can close this page: the change goes on, and the page of the subscription tells what came of it.',
  'changes.succeeded.text': 'Microsoft has confirmed it.',
  'changes.failed.refused':
    'Microsoft does not allow this change for this subscription. Plan and seats are as before.',
  'changes.failed.byPublisher':
    'The seller of {product} doesn’t allow this change. Your plan and seats stay as they are, and your bill doesn’t change.',
  'changes.failed.locked':
    'For a long time another change, made elsewhere, held the subscription, so Microsoft did not take this one. Please try again later.',
  'changes.failed.conflict':
    'Microsoft says that this was in force already, or that another change came first. Look at the subscription before you try again.',
  'changes.failed.failed': 'Microsoft could not carry it out. Plan and seats are as before.',
  'changes.failed.unknown':
    'Microsoft has not confirmed it within a day. The subscription is as shown on its page; if in doubt, contact support.',
  'changes.pending': 'A change is under way',
  'changes.follow': 'Follow it',
  'changes.last.succeeded': 'Your last change is in force.',
  'changes.last.failed': 'Your last change was not made.',
  'changes.last.details': 'What happened',
} as const;
