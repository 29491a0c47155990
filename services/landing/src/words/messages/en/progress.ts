/** The page that follows a confirmed purchase. */
export const progress = {
  'progress.step.recorded': 'You confirmed the purchase',
  'progress.step.space': 'Your space is set up',
  'progress.step.requested': 'Activation requested from Microsoft',
  'progress.step.received': 'Received by Microsoft',
  'progress.step.confirmed': 'Confirmed by Microsoft',
  'progress.step.ready': 'Ready to use',
  'progress.step.confirmedReady': 'Confirmed by Microsoft, ready to use',
  'progress.recorded': 'Thank you. We are getting started',
  'progress.provisioning': 'Your space is being made',
  'progress.requested': 'Asking Microsoft',
  'progress.received': 'Waiting for Microsoft’s confirmation',
  'progress.settingUp': 'Microsoft has confirmed, your space is being made',
  'progress.ready': 'Ready to use',
  'progress.unready': 'Your space could not be made yet',
  'progress.failed': 'The activation did not succeed',
  'progress.suspended': 'Payment is missing',
  'progress.ended': 'This subscription has ended',
  'progress.done': '(done)',
  'progress.current': '(now)',
  'progress.waiting': '(to come)',
  'progress.stale': 'The latest news cannot be fetched just now; this page goes on trying.',
  'progress.readyLead': 'Your subscription of {product} is active.',
  'progress.readyNote':
    'Plan, seats and cancellation are managed where you bought it; from there you also come back to this page.',
  'progress.unreadyLead':
    'Microsoft has confirmed your subscription, but your space in {product} could not be made yet. We have been told. This page shows it as soon as it is ready; if you cannot wait, contact support with the code below.',
  'progress.suspendedLead':
    'Microsoft could not collect the payment and has suspended the subscription. Your data is safe.',
  'progress.whatToDo': 'What to do',
  'progress.endedLead': 'It was cancelled or not activated. Nothing more is billed for it.',
  'progress.buyAgain': 'Buy again',
  'progress.underwayLead':
    'This usually takes less than two minutes. You may close this page and come back: the work goes on without it.',
  'progress.slow':
    'This takes longer than usual. We go on with it, and nothing is lost. If you would like to ask about it, give support the code below.',
  'progress.failedLead': 'Nothing was billed. You can try again at once, as often as you like.',
  'progress.tryAgain': 'Try again',
  'progress.failedNote':
    'If it fails again, contact support with the code below: they see the reason. A purchase that is not activated within 30 days is cancelled by Microsoft and never billed.',
} as const;
