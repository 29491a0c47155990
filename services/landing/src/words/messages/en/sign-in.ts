/** Sign-in with Microsoft that didn't end with a signed-in person, or with the wrong one. */
export const signIn = {
  'signIn.notCompleted': 'Sign-in wasn’t completed',
  'signIn.notCompletedLead':
    'Either you cancelled, or your organisation requires an administrator to approve new apps. Your purchase is safe: you can come back within 24 hours of opening it.',
  'signIn.tryAgain': 'Try again',
  'signIn.otherAccount': 'Use another account',
  'signIn.forAdmin': 'For your administrator',
  'signIn.scopes':
    'We sign people in and read their basic profile (<code>{scopes}</code>). We don’t ask for access to your organisation’s data.',
  'signIn.applicationId': 'Application ID: <code>{id}</code>',
  'signIn.approve': '<link>Approve for the whole organisation</link> (administrators only)',
  'signIn.again': 'Please sign in again',
  'signIn.againLead':
    'Signing in took too long or was started in another browser. Your purchase isn’t affected.',
  'signIn.signIn': 'Sign in',
  'signIn.againCookies':
    'If this keeps happening, your browser may be blocking cookies for this site. Allow them, or use another browser.',
  'signIn.cookies': 'Your browser is blocking cookies',
  'signIn.cookiesLead':
    'We need cookies to sign you in and to remember your purchase, not for advertising. Allow cookies for <b>{host}</b>, or use another browser or a window that isn’t private.',
  'signIn.cookiesNote':
    'Your purchase isn’t affected. Once cookies are allowed, open it again from where you bought it:',
  'signIn.as': 'You’re signed in as <b>{who}</b>.',
  'signIn.personalLead':
    'This is a personal account. If you bought as part of an organisation, sign in to that organisation: you can use the same email address.',
  'signIn.memberLead':
    'If your account also belongs to the organisation that this purchase is for, sign in to that organisation.',
  'signIn.guestLead':
    'You’re a guest in the organisation that this purchase is for. Ask one of its members to set it up.',
  'signIn.organisation': 'Sign in to that organisation',
} as const;
