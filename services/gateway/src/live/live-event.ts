import { z } from 'zod';
import { headerNames } from '@landfall/contracts/envelope';
import type { LiveEvent } from '@landfall/contracts/live-events';
import type { StoredMessage } from '@landfall/service-kit/bus';

const ids = z.object({
  publisherId: z.string().optional(),
  subscriptionId: z.string().optional(),
  operationId: z.string().optional(),
});

/** What facts have in common. Facts of a newer version are shown too, if they name their ids like this. */
const named = ids.extend({
  subscription: z.object({ id: z.string(), publisherId: z.string() }).optional(),
  /** A fact about several notifications. */
  notifications: z.array(ids).optional(),
});

/**
 * The events for a fact. Each has the fact's type and ids, and nothing else. Only callers that are not limited to one
 * publisher may see an event without a publisher. Empty if the message is not a fact.
 */
export function liveEventsOf(message: StoredMessage): readonly Omit<LiveEvent, 'id'>[] {
  const fact = named.safeParse(parseJson(message.body));
  if (!fact.success) return [];
  const { subscription, notifications = [fact.data] } = fact.data;
  return notifications.map(({ publisherId, subscriptionId, operationId }) => ({
    type: message.subject,
    occurredAt: occurredAt(message).toISOString(),
    publisherId: subscription?.publisherId ?? publisherId,
    subscriptionId: subscription?.id ?? subscriptionId,
    operationId,
  }));
}

function occurredAt({ headers, storedAt }: StoredMessage): Date {
  const given = new Date(headers[headerNames.occurredAt] ?? Number.NaN);
  return Number.isNaN(given.getTime()) ? storedAt : given;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
