/** A subscription that runs, is suspended, has ended or is not there yet; and whoever has no part in it. */
export const standing = {
  'standing.active': 'Your subscription is active',
  'standing.byPartner':
    'A partner bought this for you. Plan, seats and cancellation are changed by the partner.',
  'standing.whereBought':
    'Change the plan or the seats, or cancel, where you bought it: in the <azure>Azure portal</azure> or the <admin>Microsoft 365 admin center</admin>.',
  'standing.suspended': 'Payment is missing',
  'standing.suspendedLead':
    'Microsoft could not collect the payment and has suspended this subscription. <b>Your data is safe.</b> As soon as the payment is settled, everything works as before.',
  'standing.suspendedEnds':
    'Without payment Microsoft ends the subscription for good {days} days after the suspension.',
  'standing.suspendedEndsOn':
    'Without payment Microsoft ends the subscription for good {days} days after the suspension, around <b>{date}</b>.',
  'standing.askPartner':
    'A partner bought this for you: please ask the partner to settle the payment.',
  'standing.settle': 'Settle it with Microsoft',
  'standing.adminCenter': 'Microsoft 365 admin center',
  'standing.ended': 'This subscription has ended',
  'standing.endedLead':
    'It cannot be started again. If you would like to use {product} further, buy it anew: the new subscription is independent of this one.',
  'standing.buyAgain': 'Buy again',
  'standing.endedSubscription': 'The ended subscription',
  'standing.endedData': 'If you still need data from it, please contact support soon.',
  'standing.endedDataUntil':
    'Your data is kept until {date} and is then erased. If you still need some of it, please contact support before.',
  'standing.preparing': 'Your purchase is still being prepared',
  'standing.preparingLead':
    'Microsoft has not finished with it yet. This page looks again by itself; you need to do nothing.',
  'standing.lookAgain': 'Look again now',
  'standing.stranger': 'This purchase is for another organisation',
  'standing.strangerLead':
    'You are signed in with an account that did not buy this and that it is not meant for. To protect its owner we show nothing of it, and nothing was changed.',
  'standing.strangerNote':
    'If a colleague or a partner sent you the link, ask for it to be opened by somebody of the organisation that the purchase is for.',
} as const;
