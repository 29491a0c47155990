import type { Channel } from '@landfall/contracts/channels';
import type { ClaimedDelivery } from '../../store/claim-deliveries.ts';

export type AttemptFailure =
  | 'address-refused'
  | 'name-unresolved'
  | 'refused'
  | 'connection'
  | 'certificate'
  | 'tls'
  | 'timeout'
  | 'redirect'
  | 'gone'
  | 'status'
  | 'rate-limited'
  | 'refused-message'
  | 'sign-in-refused'
  | 'refused-sender'
  | 'refused-recipient'
  | 'recipient-later'
  | 'server-later'
  | 'mail-not-configured';

/** The result of an attempt. `failure` is absent exactly if the receiver accepted the event or message. */
export interface Answer {
  /** HTTP status, or SMTP reply code. */
  readonly status?: number | undefined;
  readonly failure?: AttemptFailure;
  /** The receiver's own code, such as `5.1.1` of a mail server or `no_service` of Slack. */
  readonly answerCode?: string | undefined;
  /** `never`: another attempt would end the same, so the delivery is dead. Absent: later, by the schedule. */
  readonly retry?: 'never' | undefined;
  /** The pause that the receiver requests. */
  readonly retryAfterMs?: number | undefined;
  /** `delivery`: the failure says nothing about other deliveries of the destination. */
  readonly concerns?: 'delivery' | undefined;
}

/** One way to a destination. */
export interface DeliveryChannel {
  /** Far below the lease of a delivery. `send` has ended by then. */
  readonly timeoutMs: number;
  /** Makes one attempt. Never throws. A repeat of the same delivery carries the same id. */
  send(delivery: ClaimedDelivery, signal: AbortSignal): Promise<Answer>;
}

/** The channels of this process. A destination of another channel waits. */
export type DeliveryChannels = Readonly<Partial<Record<Channel, DeliveryChannel>>>;
