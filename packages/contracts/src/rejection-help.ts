import type { RejectionCode } from './rejections.ts';

export interface RejectionHelp {
  /** What is wrong. */
  readonly meaning: string;
  readonly nextStep: string;
}

/** The entry of each rejection on the page `/docs/errors` and in `docs/reference.md`. */
export const rejectionHelp: Readonly<Record<RejectionCode, RejectionHelp>> = {
  'subscription.not-found': {
    meaning: 'Landfall has no subscription with this ID, or the API key may not see it.',
    nextStep:
      'Check the ID. A new subscription appears with its first visit, notification or reconciliation.',
  },
  'subscription.ended': {
    meaning: 'The subscription has ended for good, so it cannot be changed.',
    nextStep: 'To continue, the customer must buy the offer again.',
  },
  'subscription.not-subscribed': {
    meaning: 'Only a subscription with the status Subscribed can be changed.',
    nextStep:
      'Read the status with subscriptions.get. Activate a new subscription; a suspended one must be paid first.',
  },
  'subscription.not-pending': {
    meaning: 'The subscription is suspended, so it cannot be activated.',
    nextStep: 'The customer must settle the payment with Microsoft first.',
  },
  'subscription.read-only': {
    meaning: 'Microsoft does not allow this change of the subscription from here.',
    nextStep:
      'Ask whoever sold the subscription, for example the partner (CSP), to make the change.',
  },
  'subscription.other-tenant': {
    meaning: 'Microsoft names another organisation as the beneficiary of the subscription.',
    nextStep: 'Someone in that organisation must confirm the purchase.',
  },
  'subscription.read-recently': {
    meaning: 'Microsoft’s record of this subscription was read less than five seconds ago.',
    nextStep: 'See it with subscriptions.truths, or read again in some seconds.',
  },
  'subscription.change-pending': {
    meaning: 'Another change of this subscription is under way.',
    nextStep: 'Wait for its outcome, then send the change again.',
  },
  'change.same-plan': {
    meaning: 'The subscription already has this plan.',
    nextStep: 'Nothing needs to be done, or send another plan ID.',
  },
  'change.same-quantity': {
    meaning: 'The subscription already has this number of seats.',
    nextStep: 'Nothing needs to be done, or send another quantity.',
  },
  'change.not-per-seat': {
    meaning: 'The plan is not sold per seat, so its quantity cannot be changed.',
    nextStep: 'Change the plan instead.',
  },
  'change.quantity-invalid': {
    meaning: 'The number of seats must be a whole number from 1 to 1,000,000.',
    nextStep: 'Correct the quantity.',
  },
  'change.approval-missing': {
    meaning: 'The call does not say who approved the change.',
    nextStep: 'Name that person in approvedBy.',
  },
  'change.id-reused': {
    meaning: 'This changeId belongs to another change.',
    nextStep: 'Create a new ID for each change. Use an ID again only to repeat the same call.',
  },
  'change.refused-often': {
    meaning: 'Too many changes of this subscription were refused within an hour.',
    nextStep: 'Read in the timeline why they were refused, and try again later.',
  },
  'change.not-found': {
    meaning: 'There is no change with this ID.',
    nextStep: 'Check the ID that the request for the change returned.',
  },
  'approval.not-requested': {
    meaning: 'This purchase does not wait for an approval.',
    nextStep:
      'Find the purchases that wait with subscriptions.list and waitsFor: publisher. A purchase waits once its buyer has confirmed it.',
  },
  'approval.approved': {
    meaning: 'This purchase is already approved, so it cannot be declined.',
    nextStep: 'To end it nevertheless, call subscriptions.cancel.',
  },
  'approval.declined': {
    meaning: 'This purchase is declined, so it can be neither approved nor activated.',
    nextStep: 'The customer can buy the offer again. Approve the new purchase.',
  },
  'provisioning.not-requested': {
    meaning: 'The product was not asked to create a space for this subscription.',
    nextStep:
      'Report the outcome only after the event that asks for the space, with the subscription ID of that event.',
  },
  'purchase.token-invalid': {
    meaning: 'Microsoft does not know this purchase token, or it has expired after 24 hours.',
    nextStep: 'Open the purchase from the marketplace again, and decode the token exactly once.',
  },
  'notification.not-found': {
    meaning: 'There is no notification with this ID.',
    nextStep: 'Find the ID with notifications.list.',
  },
  'policy.invalid': {
    meaning: 'The rules for changes contradict each other or name something that does not exist.',
    nextStep: 'Correct what the message names. The rules that were saved before still apply.',
  },
  'reconciliation.running': {
    meaning: 'A reconciliation of this publisher is already running.',
    nextStep: 'Follow that run with reconciliation.list.',
  },
  'reconciliation.not-found': {
    meaning: 'There is no reconciliation run with this ID.',
    nextStep: 'Find the ID with reconciliation.list.',
  },
  'usage.batch-too-large': {
    meaning: 'The call contains too many usage records.',
    nextStep: 'Send fewer records per call.',
  },
  'usage.quantity-invalid': {
    meaning:
      'A quantity has more than 13 digits before the decimal point, or more than 12 after it.',
    nextStep: 'Send a shorter number.',
  },
  'usage.hour-not-found': {
    meaning: 'There is no rated usage for this subscription, dimension and hour.',
    nextStep: 'Find the hour with usage.hours.',
  },
  'usage.not-refused': {
    meaning: 'Only an hour that Microsoft refused can be sent again.',
    nextStep: 'Read the state of the hour with usage.hours. The message says why it is not sent.',
  },
  'usage.too-old': {
    meaning: 'Microsoft accepts usage for 24 hours only, and this hour is older.',
    nextStep: 'Settle the usage with the customer outside the marketplace.',
  },
  'catalogue.plan-unknown': {
    meaning: 'The catalogue has no such plan, or several publishers have a plan with this ID.',
    nextStep: 'Check the IDs of the offer and the plan with catalogue.list, and name publisherId.',
  },
  'catalogue.dimension-unknown': {
    meaning: 'The plan does not have this dimension.',
    nextStep: 'Use one of the dimensions that the message lists.',
  },
  'override.invalid': {
    meaning: 'The included quantity has more than 13 digits, or more than 12 decimals.',
    nextStep: 'Send a shorter number.',
  },
  'meter.invalid': {
    meaning: 'The tiers of the meter are not valid.',
    nextStep: 'Correct the threshold that the message names.',
  },
  'recurring.invalid': {
    meaning: 'The recurring quantity is not valid.',
    nextStep: 'Correct what the message names.',
  },
  'recurring.not-found': {
    meaning: 'There is no recurring quantity with this ID, or the API key may not see it.',
    nextStep: 'Find the ID with recurring.list.',
  },
  'incident.not-found': {
    meaning: 'There is no incident with this ID, or the API key may not see it.',
    nextStep: 'Find the ID with incidents.list.',
  },
  'mail.too-many-tests': {
    meaning: 'There were 20 test mails within an hour.',
    nextStep: 'Try again later. customerMails.preview shows a mail without sending it.',
  },
  'mail.text-refused': {
    meaning:
      'The text of a mail cannot be used: its key is unknown, or it uses other values than mails have.',
    nextStep: 'See the keys in customerMails.texts. A text may name {product}, {plan} and {date}.',
  },
  'destination.not-found': {
    meaning: 'There is no destination with this ID.',
    nextStep: 'Find the ID with destinations.list.',
  },
  'destination.url-refused': {
    meaning:
      'Events are sent only over https, to public addresses, and to a URL without a user name or password.',
    nextStep: 'Correct the URL. With a local marketplace, http to localhost works too.',
  },
  'destination.settings-refused': {
    meaning: 'A setting is missing for the channel of the destination, or does not apply to it.',
    nextStep: 'Correct the setting that the message names.',
  },
  'destination.mail-not-configured': {
    meaning: 'Landfall has no mail server, so it cannot send mail.',
    nextStep: 'Set SMTP_URL and MAIL_FROM on fulfillment-worker, restart it, and try again.',
  },
  'destination.without-secret': {
    meaning: 'Only destinations of the channel product have a signing secret.',
    nextStep:
      'To replace the secret URL of a Teams Workflow or a Slack app, call destinations.update with the new URL.',
  },
  'destination.too-many': {
    meaning: 'The maximum number of destinations is reached.',
    nextStep: 'Change a destination that you no longer need, or remove it.',
  },
  'destination.in-use': {
    meaning: 'The rules for changes ask this destination to decide.',
    nextStep: 'Name another destination with policies.put, then remove this one.',
  },
  'delivery.not-found': {
    meaning: 'There is no delivery with this ID.',
    nextStep: 'Find the ID with deliveries.list.',
  },
  'matter.not-found': {
    meaning: 'There is no matter with this ID, or you may not see it.',
    nextStep: 'Find it with matters.list. Closed matters are listed with state: closed.',
  },
  'matter.closed': {
    meaning: 'The matter is closed, so it cannot be assigned, snoozed or closed again.',
    nextStep:
      'If a person closed it, matters.reopen opens it again. If its cause returns, a new matter opens.',
  },
  'matter.open': {
    meaning: 'The matter is open, so it cannot be opened again.',
    nextStep: 'See its history with matters.get.',
  },
  'matter.ended': {
    meaning:
      'The cause of the matter is gone. Only a matter that a person has closed can be opened again.',
    nextStep: 'Nothing is needed: if the cause returns, a new matter opens.',
  },
  'matter.no-person': {
    meaning: 'The call was made with a key, and `me` means the person who is signed in.',
    nextStep: 'Name the object ID of a person. See operators.list.',
  },
  'matter.no-access': {
    meaning: 'The person has no role for the publisher of the matter, and could not see it.',
    nextStep: 'Give the person a role with operators.put, or choose another person.',
  },
  'publisher.not-found': {
    meaning: 'There is no publisher with this ID, or you may not act for it.',
    nextStep:
      'Check publisherId. keys.own (GET /v1/me) lists the publishers that you may choose from.',
  },
  'publisher.limited': {
    meaning:
      'The API key or role is limited to one publisher, but the call concerns all publishers.',
    nextStep: 'Use an API key without that limit, or ask an admin for a role for all publishers.',
  },
  'publisher.choose': {
    meaning:
      'You have roles for several publishers, and the call does not say which one it is for.',
    nextStep: 'Send the header Landfall-Publisher with one of the IDs that the message lists.',
  },
  'backup.in-the-future': {
    meaning: 'The time of the backup is in the future.',
    nextStep:
      'Set takenAt to the time when the backup began, in UTC, and check the clock of the backup job.',
  },
  'person.not-found': {
    meaning: 'This person has no access to the subscription and has not requested it.',
    nextStep: 'Find the person with people.list.',
  },
  'person.foreign': {
    meaning:
      'Microsoft has not yet named the organisation of this subscription, so people cannot be added.',
    nextStep: 'Try again later.',
  },
  'person.last-owner': {
    meaning: 'This person is the last owner of the subscription.',
    nextStep: 'Add another owner with people.nameOwner first.',
  },
  'person.too-many': {
    meaning: 'There are more people than the call can take.',
    nextStep:
      'Remove someone from the subscription first. In a request about personal data, name the people one by one.',
  },
  'page.not-found': {
    meaning: 'No settings are stored for exactly this publisher, offer and plan.',
    nextStep: 'Leave out planId, then offerId, to read the settings that apply to more.',
  },
  'page.invalid': {
    meaning: 'The settings of the page contain mistakes.',
    nextStep: 'Correct each field that the message lists. The settings saved before still apply.',
  },
  'page.quota': {
    meaning: 'The publisher has stored the maximum number or size of pages and logos.',
    nextStep: 'Remove pages, or use one logo for several pages.',
  },
  'cursor.invalid': {
    meaning: 'The cursor does not come from this list, or it was changed.',
    nextStep: 'Start again with the first page, without a cursor.',
  },
  'input.unknown-field': {
    meaning: 'The input has a field that the call does not know, usually a misspelled one.',
    nextStep: 'Correct or remove the field. The issues say which one, and the most similar name.',
  },
  'idempotency.in-progress': {
    meaning: 'The first call with this Idempotency-Key is still running.',
    nextStep: 'Repeat the call with the same Idempotency-Key in a few seconds to get its answer.',
  },
  'idempotency.reused': {
    meaning: 'This Idempotency-Key was used for a call with another input.',
    nextStep: 'Use a new Idempotency-Key for each new call.',
  },
  'idempotency.secret-shown': {
    meaning: 'The call was carried out. Its answer showed a secret, which Landfall does not keep.',
    nextStep:
      'If you do not have the secret, remove or rotate what was created, with a new Idempotency-Key.',
  },
  'idempotency.answer-gone': {
    meaning: 'The call was carried out, but its answer was too large to keep.',
    nextStep: 'Read the result with a query.',
  },
  'key.not-found': {
    meaning: 'There is no API key with this ID.',
    nextStep: 'Find the ID with keys.list.',
  },
  'key.revoked': {
    meaning: 'The API key is revoked. That cannot be undone.',
    nextStep: 'Create another API key.',
  },
  'key.scope-exceeds': {
    meaning: 'You can give an API key only the scopes that you have yourself.',
    nextStep: 'Leave out the scopes that the message names, or ask someone who has them.',
  },
  'key.from-configuration': {
    meaning: 'The API key comes from BOOTSTRAP_API_KEY, so it cannot be rotated with a call.',
    nextStep: 'Change that setting, or create another API key and revoke this one.',
  },
  'operator.not-found': {
    meaning: 'There is no operator with this ID.',
    nextStep: 'Find the ID with operators.list.',
  },
  'operator.last-admin': {
    meaning: 'This operator is the only admin for all publishers.',
    nextStep: 'Give another operator that role first.',
  },
  'operator.role-exceeds': {
    meaning: 'You can give only a role whose scopes you have yourself.',
    nextStep: 'Choose another role, or ask someone who has the scopes that the message names.',
  },
  'session.foreign-origin': {
    meaning: 'A session of the console works only from the console itself.',
    nextStep: 'Call the API with an API key.',
  },
  'session.needed': {
    meaning:
      'The call answers about the person who is signed in to the console. An API key is not a person.',
    nextStep: 'Call keys.own with the API key instead.',
  },
  'session.no-role': {
    meaning: 'The person has no role any more.',
    nextStep: 'Ask an admin for a role or an invitation.',
  },
  'invitation.not-found': {
    meaning: 'There is no such invitation, or it was used or has expired.',
    nextStep: 'Ask the person who invited you for a new invitation.',
  },
  'listener.not-found': {
    meaning: 'There is no listener with this ID. A listener ends when nobody takes its events.',
    nextStep: 'Open a new listener.',
  },
  'listener.too-many': {
    meaning: 'The maximum number of listeners is open.',
    nextStep: 'Close one of them, or wait until one ends by itself.',
  },
  'import.invalid': {
    meaning: 'The import names a subscription twice, or does not say which publisher sold it.',
    nextStep: 'Correct what the message names, and send the import again.',
  },
};
