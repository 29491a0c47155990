import {
  decisionRequest,
  type DecisionAnswer,
  type DecisionRequest,
} from '@landfall/contracts/decision-request';
import { ProductEventError, verifySigned, type ReceivedEvent } from './product-events.ts';

export type { DecisionAnswer, DecisionRequest };

/**
 * The question of a request from Landfall, if it is genuine: may a customer change plan or seats?
 * Answer 200 with a {@link DecisionAnswer} as JSON before `answerBy`; anything else counts as silence.
 * The same question may come again under the same `id`: give the same answer. Throws
 * {@link ProductEventError} as `verifyProductEvent` does.
 */
export function verifyDecisionRequest(received: ReceivedEvent): DecisionRequest {
  const { id, content } = verifySigned(received);
  const parsed = decisionRequest.safeParse(content);
  if (parsed.success && parsed.data.id === id) return parsed.data;
  throw new ProductEventError('event-unknown', 'the request is genuine, but no question we know');
}
