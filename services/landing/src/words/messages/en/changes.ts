/** Changing plan and seats, cancelling, and following a change to its end. */
export const changes = {
  'changes.next': 'Continue',
  'changes.back': 'Cancel',
  'changes.plan.title': 'Change plan',
  'changes.plan.lead': 'Choose a plan. You’ll see what changes before you confirm.',
  'changes.plan.legend': 'Available plans',
  'changes.plan.current': 'Your current plan',
  'changes.plan.seatsFrom': '{min, plural, one {# seat or more} other {# seats or more}}',
  'changes.plan.seatsTo': '{max, plural, one {up to # seat} other {up to # seats}}',
  'changes.plan.seatsBetween': '{min} to {max} seats',
  'changes.plan.private': 'Private plan',
  'changes.plan.trial': 'Free trial',
  'changes.plan.unfit': 'These plans don’t fit your number of seats. Change your seats first:',
  'changes.plan.refused': 'Not available for your subscription:',
  'changes.confirm.title': 'Review your change',
  'changes.confirm.from': 'Now',
  'changes.confirm.to': 'After the change',
  'changes.confirm.total': 'New total',
  'changes.confirm.when': 'Takes effect',
  'changes.confirm.whenValue':
    'Today ({date}), as soon as Microsoft confirms it. This usually takes a few minutes.',
  'changes.confirm.planMoney':
    'Microsoft credits what you’ve already paid for the current term, prorated to the day. Usage above the included amount is billed under the plan it was used on.',
  'changes.confirm.seatsMoney':
    'If you add seats, Microsoft bills them for the rest of the term, prorated to the day. If you remove seats, the terms of your purchase apply.',
  'changes.confirm.endsTrial':
    'Your free trial ends right away. The new plan has no trial and is billed from then on.',
  'changes.confirm.newTerm': 'The usage included in the new plan starts at zero.',
  'changes.confirm.approve': 'Confirm change',
  'changes.confirm.approval':
    'By confirming, you approve this change. We record who approved it and when.',
  'changes.seats.title': 'Change seats',
  'changes.seats.lead': '{count, plural, one {You have # seat.} other {You have # seats.}}',
  'changes.seats.label': 'New number of seats',
  'changes.seats.range': '{min} to {max}',
  'changes.seats.none': 'You can’t change the number of seats in this subscription.',
  'changes.seats.between': 'Allowed: {possible}',
  'changes.seats.problem':
    'Enter a whole number that’s different from the current one. Allowed: {possible}',
  'changes.seats.count': '{count, plural, one {# seat} other {# seats}}',
  'changes.cancel.title': 'Cancel subscription',
  'changes.cancel.lead': 'Please read what will happen. You can’t undo this.',
  'changes.cancel.access':
    'Your subscription ends as soon as Microsoft confirms the cancellation, usually within minutes. Your organisation then loses access to {product}.',
  'changes.cancel.money':
    'If you cancel within 72 hours of buying, you aren’t charged. After that, Microsoft charges the current term as agreed, without a refund.',
  'changes.cancel.data':
    'We keep your data for at least {days, plural, one {# day} other {# days}} and then erase it. Export what you need before you cancel.',
  'changes.cancel.again': 'To use {product} again later, you’ll need to buy a new subscription.',
  'changes.cancel.alternative':
    'Only want to stop the next renewal? Turn off automatic renewal in the <azure>Azure portal</azure> or the <m365>Microsoft 365 admin center</m365>. You can then keep using {product} until the term ends.',
  'changes.cancel.tick':
    'I want to end this subscription, and I understand that this can’t be undone.',
  'changes.cancel.tickMissing': 'Tick this box to continue.',
  'changes.cancel.approve': 'Cancel subscription now',
  'changes.cancel.keep': 'Keep subscription',
  'changes.what.plan': 'Change to the {plan} plan',
  'changes.what.planFrom': 'Change from the {from} plan to the {plan} plan',
  'changes.what.seats': '{count, plural, one {Change to # seat} other {Change to # seats}}',
  'changes.what.seatsFrom':
    '{count, plural, one {Change from {from} seats to # seat} other {Change from {from} to # seats}}',
  'changes.what.cancel': 'Cancellation',
  'changes.stage.requested': 'We’ve received your request',
  'changes.stage.sent': 'Microsoft is making the change',
  'changes.stage.succeeded': 'Your change is complete',
  'changes.stage.cancelled': 'Your subscription has ended',
  'changes.stage.failed': 'Your change wasn’t made',
  'changes.stage.notCancelled': 'Your subscription wasn’t cancelled',
  'changes.step.recorded': 'We record your request',
  'changes.step.sent': 'Microsoft accepts it',
  'changes.step.done': 'Microsoft confirms the result',
  'changes.time':
    'This usually takes less than two minutes. You can close this page: the change continues, and your subscription’s page shows the result.',
  'changes.succeeded.text': 'Microsoft has confirmed it.',
  'changes.failed.refused':
    'Microsoft doesn’t allow this change for your subscription. Your plan and seats are unchanged.',
  'changes.failed.byPublisher':
    'The seller of {product} doesn’t allow this change. Your plan and seats stay as they are, and your bill doesn’t change.',
  'changes.failed.locked':
    'Another change was in progress for too long, so Microsoft didn’t accept this one. Please try again later.',
  'changes.failed.conflict':
    'Microsoft says this was already in effect, or another change came first. Check your subscription before you try again.',
  'changes.failed.failed': 'Microsoft couldn’t make the change. Your plan and seats are unchanged.',
  'changes.failed.unknown':
    'Microsoft hasn’t confirmed the change within a day. Your subscription’s page shows what’s in effect. If in doubt, contact support.',
  'changes.failed.cancel':
    'Your subscription is still active and billed, because Microsoft didn’t carry out the cancellation. Cancel it where you bought it, in the <azure>Azure portal</azure> or the <m365>Microsoft 365 admin center</m365>, or contact support.',
  'changes.pending': 'Change in progress',
  'changes.follow': 'View progress',
  'changes.last.succeeded': 'Your last change is complete.',
  'changes.last.failed': 'Your last change wasn’t made.',
  'changes.last.details': 'View details',
} as const;
