/** Sign-in with Microsoft that did not end with a signed-in person. */
export const signIn = {
  'signIn.notCompleted': 'Sign-in was not completed',
  'signIn.notCompletedLead':
    'Either you cancelled, or your organisation asks an administrator to approve new applications. We keep your purchase: come back any time within 24 hours of opening it.',
  'signIn.tryAgain': 'Try again',
  'signIn.otherAccount': 'Use another account',
  'signIn.forAdmin': 'For your administrator',
  'signIn.scopes':
    'We only sign people in and read their basic profile (<code>{scopes}</code>). We ask for no access to data of the organisation.',
  'signIn.applicationId': 'Application ID: <code>{id}</code>',
  'signIn.approve': '<link>Approve for the whole organisation</link> (administrators only)',
  'signIn.again': 'Please sign in again',
  'signIn.againLead':
    'The sign-in took too long or was opened in another browser. Your purchase is not affected.',
  'signIn.signIn': 'Sign in',
  'signIn.againCookies':
    'If this happens again, your browser may not be keeping the cookies of this page. Please allow them, or use another browser.',
  'signIn.cookies': 'Your browser keeps no cookies for this page',
  'signIn.cookiesLead':
    'To sign you in and to keep your purchase we need cookies of this page alone, none for advertising. Please allow cookies for <b>{host}</b>, or use another browser or a window that is not private.',
  'signIn.cookiesNote':
    'Your purchase is not affected. Afterwards, open it again from the place where you bought it:',
} as const;
