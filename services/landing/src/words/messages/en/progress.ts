/** The page that follows a confirmed purchase. */
export const progress = {
  'progress.step.recorded': 'Purchase confirmed',
  'progress.step.space.waiting': 'Set up your workspace',
  'progress.step.space.current': 'Setting up your workspace',
  'progress.step.space.done': 'Workspace set up',
  'progress.step.requested.waiting': 'Ask Microsoft to activate it',
  'progress.step.requested.current': 'Asking Microsoft to activate it',
  'progress.step.requested.done': 'Activation requested from Microsoft',
  'progress.step.confirmed.waiting': 'Confirmation from Microsoft',
  'progress.step.confirmed.current': 'Waiting for Microsoft to confirm',
  'progress.step.confirmed.done': 'Confirmed by Microsoft',
  'progress.step.ready': 'Ready to use',
  'progress.recorded': 'Thank you. We’re getting started',
  'progress.provisioning': 'Setting up your workspace',
  'progress.requested': 'Activating your subscription',
  'progress.received': 'Waiting for Microsoft to confirm',
  'progress.settingUp': 'Almost there: setting up your workspace',
  'progress.ready': 'Ready to use',
  'progress.unready': 'Your workspace isn’t ready yet',
  'progress.failed': 'The activation didn’t go through',
  'progress.suspended': 'Your payment didn’t go through',
  'progress.ended': 'This subscription has ended',
  'progress.done': '(done)',
  'progress.current': '(in progress)',
  'progress.waiting': '(to do)',
  'progress.stale': 'We can’t get the latest status right now. This page keeps trying.',
  'progress.readyLead': 'Your subscription to {product} is active.',
  'progress.readyNote':
    'To change your plan or seats, or to cancel, go to where you bought it. You can also reopen this page from there.',
  'progress.unreadyLead':
    'Microsoft has confirmed your subscription, but we couldn’t finish setting up your workspace in {product}. We’ve been notified, and this page updates as soon as it’s ready. If you can’t wait, contact support with the code below.',
  'progress.suspendedLead':
    'Microsoft couldn’t collect your payment and has suspended the subscription. Your data is safe.',
  'progress.whatToDo': 'See what to do',
  'progress.endedLead': 'It was cancelled or never activated. You won’t be billed for it again.',
  'progress.buyAgain': 'Buy again',
  'progress.underwayLead':
    'This usually takes less than two minutes. You can close this page and come back later: we’ll keep going.',
  'progress.spaceLead':
    'We’re preparing {product} for you. You can close this page and come back later: we’ll keep going.',
  'progress.slow':
    'This is taking longer than usual. We’re still working on it, and nothing is lost. You can close this page and come back later. If you have a question, give support the code below.',
  'progress.failedLead': 'You weren’t billed. You can try again now.',
  'progress.tryAgain': 'Try again',
  'progress.failedNote':
    'If it fails again, contact support with the code below so they can find the cause. If the purchase isn’t activated within 30 days, Microsoft cancels it and you aren’t billed.',
} as const;
