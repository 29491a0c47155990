/** What every page has around its content. */
export const frame = {
  'frame.skip': 'Skip to main content',
  'frame.signedIn': 'Signed in',
  'frame.signOut': 'Sign out',
  'frame.notYou': 'Use another account',
  'frame.tenant': 'Organisation ID',
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
