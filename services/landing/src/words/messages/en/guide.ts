/** How to get here with a purchase. */
export const guide = {
  'guide.title': 'Set up your purchase',
  'guide.lead':
    'To set up {product}, open it from where you bought it. The link there tells us which purchase is yours.',
  'guide.signIn': 'Sign in to see your purchase',
  'guide.expired': 'This link no longer works',
  'guide.expiredLead':
    'Links from Microsoft work for 24 hours. Your purchase isn’t affected: open it again to get a new link.',
  'guide.confirming': 'We’re still confirming your purchase',
  'guide.confirmingLead':
    'We haven’t been able to confirm your purchase with Microsoft yet, but we’ll keep trying. You can leave this page open or come back within 24 hours.',
  'guide.unconfirmed': 'We couldn’t confirm your purchase',
  'guide.unconfirmedLead':
    'Microsoft doesn’t recognise this link. Your purchase isn’t affected: open it again to get a new link. While this page is open, we also keep checking this link.',
  'guide.inAzure': 'In the Azure portal',
  'guide.azure.open': 'Go to <link>portal.azure.com</link> and open <b>SaaS</b>.',
  'guide.choose': 'Select the subscription.',
  'guide.azure.configure': 'Select <b>Configure account now</b> or <b>Manage account</b>.',
  'guide.inAdminCenter': 'In the Microsoft 365 admin center',
  'guide.admin.open':
    'Go to <link>admin.microsoft.com</link>, then <b>Billing</b> and <b>Your products</b>.',
  'guide.admin.configure': 'Select <b>Configure account</b> or <b>Manage account</b>.',
} as const;
