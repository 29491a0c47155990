import { createHash } from 'node:crypto';

/** GUIDs have 36; anything longer is hashed, because an index entry has a limit (about 2,700 bytes). */
const MAX_ID_LENGTH = 64;

interface Identified {
  /** Publisher whose webhook was called; absent if there is only one publisher. */
  readonly publisherId?: string | undefined;
  readonly operationId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly action?: string | undefined;
}

/**
 * Two deliveries with the same key are one notification. Publisher, operation and subscription identify it. The action
 * is part of the key so that an attacker who replays a token with another action cannot take the key of a notification
 * that Microsoft is about to send. Without both ids, the same body within the same hour is one notification, because
 * Microsoft repeats an unanswered call about once a minute.
 */
export function dedupeKey(notification: Identified, body: unknown, receivedAt: Date): string {
  const { publisherId, operationId, subscriptionId, action = '' } = notification;
  const publisher = publisherId === undefined ? [] : [publisherId];
  if (operationId !== undefined && subscriptionId !== undefined) {
    const parts = [...publisher, subscriptionId, operationId, action].map((part) =>
      part.toLowerCase(),
    );
    if (parts.every((part) => part.length <= MAX_ID_LENGTH && !part.includes(':'))) {
      return parts.join(':');
    }
    return `sha256:${sha256(JSON.stringify(parts))}`;
  }
  const hour = receivedAt.toISOString().slice(0, 13);
  return `body:${hour}:${sha256(JSON.stringify([...publisher, action.toLowerCase(), canonical(body)]))}`;
}

/** A form that does not depend on the order of JSON keys. Text that is not JSON stays as it is. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([key, inner]) => [key, canonical(inner)]);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
