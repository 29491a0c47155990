import { decisionRequest } from '@landfall/contracts/decision-request';
import type { DecisionRequest } from './api.ts';
import { ProductEventError, verifySigned, type ReceivedEvent } from './signature.ts';

export type { DecisionAnswer, DecisionRequest } from './api.ts';
export { ProductEventError, type ProductEventErrorCode, type ReceivedEvent } from './signature.ts';

/**
 * Verifies a decision request, which asks whether a customer may change plan or seats, and returns it. Answer
 * with status 200 and a `DecisionAnswer` as JSON, within `answerWithinMs` milliseconds (before `answerBy`).
 * Landfall treats anything else as no answer. Throws {@link ProductEventError} if the request is not
 * genuine, as `verifyProductEvent` does.
 *
 * The same request may come again under the same `id`: give the same answer.
 */
export function verifyDecisionRequest(received: ReceivedEvent): DecisionRequest {
  const { id, content } = verifySigned(received);
  const parsed = decisionRequest.safeParse(content);
  if (parsed.success && parsed.data.id === id) return parsed.data;
  throw new ProductEventError(
    'event-unknown',
    'the request is genuine, but this version of the client does not know its kind',
  );
}
