/** A subscription that is active, suspended, ended or not there yet; and a visitor who has no part in it. */
export const standing = {
  'standing.active': 'Your subscription is active',
  'standing.byPartner':
    'A partner bought this for you. Ask the partner to change the plan or seats, or to cancel.',
  'standing.whereBought':
    'To change your plan or seats, or to cancel, go to where you bought it: the <azure>Azure portal</azure> or the <admin>Microsoft 365 admin center</admin>.',
  'standing.suspended': 'Your payment didn’t go through',
  'standing.suspendedLead':
    'Microsoft couldn’t collect your payment and has suspended this subscription. <b>Your data is safe.</b> Once the payment goes through, everything works as before.',
  'standing.suspendedEnds':
    'If you don’t pay, Microsoft ends the subscription permanently {days} days after the suspension.',
  'standing.suspendedEndsOn':
    'If you don’t pay, Microsoft ends the subscription permanently {days} days after the suspension, around <b>{date}</b>.',
  'standing.askPartner':
    'A partner bought this for you. Please ask the partner to settle the payment.',
  'standing.settle': 'Pay with Microsoft',
  'standing.adminCenter': 'Microsoft 365 admin center',
  'standing.ended': 'This subscription has ended',
  'standing.endedLead': 'It can’t be restarted. To use {product} again, buy a new subscription.',
  'standing.buyAgain': 'Buy again',
  'standing.endedSubscription': 'Ended subscription',
  'standing.endedOn': 'Ended on',
  'standing.endedWhy': 'Reason',
  'standing.why.cancelledBy': 'Cancelled by {name}',
  'standing.why.cancelled': 'Cancelled on your subscription’s page',
  'standing.why.bySeller': 'Cancelled by the seller',
  'standing.why.payment': 'The payment didn’t go through',
  'standing.why.notRenewed': 'The term ended and automatic renewal was off',
  'standing.why.notActivated': 'The purchase was never activated',
  'standing.why.elsewhere': 'Cancelled where it was bought, or by Microsoft',
  'standing.endedData': 'If you still need data from it, contact support soon.',
  'standing.endedDataUntil':
    'We keep your data until {date} and then erase it. If you still need it, contact support before then.',
  'standing.preparing': 'Your purchase is being prepared',
  'standing.preparingLead':
    'Microsoft hasn’t finished yet. This page updates automatically, so you don’t need to do anything.',
  'standing.lookAgain': 'Check again now',
  'standing.stranger': 'This purchase is for another organisation',
  'standing.strangerLead':
    'This purchase wasn’t made by or for the account you’re signed in with. To protect its owner, we don’t show any details. Nothing was changed.',
  'standing.strangerNote':
    'If a colleague or partner sent you the link, someone in the other organisation needs to open it.',
} as const;
