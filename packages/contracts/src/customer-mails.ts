/** The mails that customers can get, in the order in which they may come. */
export const customerMails = [
  'welcome',
  'ready',
  'actionNeeded',
  'suspended',
  'renewalAhead',
  'ended',
  'accessRequested',
] as const;

export type CustomerMail = (typeof customerMails)[number];
