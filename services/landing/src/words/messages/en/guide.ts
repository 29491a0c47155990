/** How to get here with a purchase. */
export const guide = {
  'guide.title': 'Set up your purchase',
  'guide.lead':
    'To finish the purchase of {product}, come here from the place where you bought it. The link there tells us which purchase is yours.',
  'guide.signIn': 'Sign in to see your purchase',
  'guide.expired': 'This link is no longer valid',
  'guide.expiredLead':
    'Microsoft could not tell us which purchase it belongs to. Such links work for 24 hours. Your purchase itself is not affected: open it again, and you get a new link.',
  'guide.inAzure': 'In the Azure portal',
  'guide.azure.open': 'Go to <link>portal.azure.com</link> and open <b>SaaS</b>.',
  'guide.choose': 'Choose the subscription.',
  'guide.azure.configure': 'Choose <b>Configure account now</b> or <b>Manage account</b>.',
  'guide.inAdminCenter': 'In the Microsoft 365 admin center',
  'guide.admin.open':
    'Go to <link>admin.microsoft.com</link>, <b>Billing</b>, <b>Your products</b>.',
  'guide.admin.configure': 'Choose <b>Configure account</b> or <b>Manage account</b>.',
} as const;
