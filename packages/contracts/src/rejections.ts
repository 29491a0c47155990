/**
 * A business "no". A handler returns it and never throws it; the router turns it into a tRPC error with
 * the code in `data.rejection`. Callers may rely on the codes, but not on the messages.
 */
export class Rejection<Code extends RejectionCode = RejectionCode> {
  readonly rejected: Code;
  /** For people: what is wrong, and what to do next. Contains no personal data. */
  readonly message: string;

  constructor(code: Code, message: string) {
    this.rejected = code;
    this.message = message;
  }
}

type TrpcCode = 'NOT_FOUND' | 'CONFLICT' | 'FORBIDDEN' | 'BAD_REQUEST' | 'UNPROCESSABLE_CONTENT';

/** The tRPC code of each rejection, which determines the HTTP status. */
export const rejectionCodes = {
  'subscription.not-found': 'NOT_FOUND',
  'subscription.ended': 'CONFLICT',
  'subscription.not-subscribed': 'CONFLICT',
  'subscription.not-pending': 'CONFLICT',
  'subscription.read-only': 'FORBIDDEN',
  'subscription.other-tenant': 'FORBIDDEN',
  'subscription.read-recently': 'CONFLICT',
  'subscription.change-pending': 'CONFLICT',
  'change.same-plan': 'BAD_REQUEST',
  'change.same-quantity': 'BAD_REQUEST',
  'change.not-per-seat': 'BAD_REQUEST',
  'change.quantity-invalid': 'BAD_REQUEST',
  'change.approval-missing': 'BAD_REQUEST',
  'change.id-reused': 'CONFLICT',
  'change.refused-often': 'CONFLICT',
  'approval.not-requested': 'CONFLICT',
  'approval.approved': 'CONFLICT',
  'approval.declined': 'CONFLICT',
  'provisioning.not-requested': 'CONFLICT',
  'purchase.token-invalid': 'UNPROCESSABLE_CONTENT',
  'notification.not-found': 'NOT_FOUND',
  'policy.invalid': 'BAD_REQUEST',
  'reconciliation.running': 'CONFLICT',
  'reconciliation.not-found': 'NOT_FOUND',
  'usage.batch-too-large': 'BAD_REQUEST',
  'usage.quantity-invalid': 'BAD_REQUEST',
  'usage.hour-not-found': 'NOT_FOUND',
  'usage.not-refused': 'CONFLICT',
  'usage.too-old': 'CONFLICT',
  'catalogue.plan-unknown': 'NOT_FOUND',
  'catalogue.dimension-unknown': 'UNPROCESSABLE_CONTENT',
  'override.invalid': 'BAD_REQUEST',
  'meter.invalid': 'BAD_REQUEST',
  'recurring.invalid': 'BAD_REQUEST',
  'recurring.not-found': 'NOT_FOUND',
  'incident.not-found': 'NOT_FOUND',
  'mail.text-refused': 'BAD_REQUEST',
  'mail.too-many-tests': 'CONFLICT',
  'destination.not-found': 'NOT_FOUND',
  'destination.url-refused': 'BAD_REQUEST',
  'destination.settings-refused': 'BAD_REQUEST',
  'destination.mail-not-configured': 'CONFLICT',
  'destination.without-secret': 'CONFLICT',
  'destination.too-many': 'CONFLICT',
  'destination.in-use': 'CONFLICT',
  'delivery.not-found': 'NOT_FOUND',
  'change.not-found': 'NOT_FOUND',
  'matter.not-found': 'NOT_FOUND',
  'matter.closed': 'CONFLICT',
  'matter.open': 'CONFLICT',
  'matter.ended': 'CONFLICT',
  'matter.no-person': 'BAD_REQUEST',
  'matter.no-access': 'BAD_REQUEST',
  'publisher.not-found': 'NOT_FOUND',
  'publisher.limited': 'FORBIDDEN',
  'backup.in-the-future': 'BAD_REQUEST',
  'publisher.choose': 'FORBIDDEN',
  'person.not-found': 'NOT_FOUND',
  'person.foreign': 'BAD_REQUEST',
  'person.last-owner': 'CONFLICT',
  'person.too-many': 'CONFLICT',
  'page.not-found': 'NOT_FOUND',
  'page.invalid': 'BAD_REQUEST',
  'page.quota': 'CONFLICT',
  'cursor.invalid': 'BAD_REQUEST',
  'input.unknown-field': 'BAD_REQUEST',
  'idempotency.in-progress': 'CONFLICT',
  'idempotency.reused': 'UNPROCESSABLE_CONTENT',
  'idempotency.secret-shown': 'CONFLICT',
  'idempotency.answer-gone': 'CONFLICT',
  'key.not-found': 'NOT_FOUND',
  'key.revoked': 'CONFLICT',
  'key.scope-exceeds': 'FORBIDDEN',
  'key.from-configuration': 'CONFLICT',
  'operator.not-found': 'NOT_FOUND',
  'operator.last-admin': 'CONFLICT',
  'operator.role-exceeds': 'FORBIDDEN',
  'session.foreign-origin': 'FORBIDDEN',
  'session.needed': 'FORBIDDEN',
  'session.no-role': 'FORBIDDEN',
  'invitation.not-found': 'NOT_FOUND',
  'listener.not-found': 'NOT_FOUND',
  'listener.too-many': 'CONFLICT',
  'import.invalid': 'BAD_REQUEST',
} as const satisfies Record<string, TrpcCode>;

export type RejectionCode = keyof typeof rejectionCodes;
