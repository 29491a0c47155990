/** What every page has around its content. */
export const frame = {
  'frame.skip': 'Skip to the content',
  'frame.signedIn': 'Signed in',
  'frame.signOut': 'Sign out',
  'frame.notYou': 'Not you? Use another account',
  'frame.tenant': 'Tenant',
  'frame.personalAccount': 'Personal Microsoft account',
  'frame.needHelp': 'Need help?',
  'frame.contactSupport': 'Contact support',
  'frame.supportCode': 'Support code',
  'frame.copy': 'Copy',
  'frame.copied': 'Copied',
  'frame.language': 'Language',
  'frame.terms': 'Terms of use',
  'frame.privacy': 'Privacy',
  'frame.openProduct': 'Open {product}',
} as const;
