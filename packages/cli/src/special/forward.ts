import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sendHttp } from '../http.ts';

const SECRET_PREFIX = 'whsec_';
/** As long as a destination has. */
const ATTEMPT_TIMEOUT_MS = 15_000;
/** Pauses before further attempts. A destination gets thirteen over three days; a person who waits is served by few. */
const PAUSES_MS = [1_000, 5_000, 15_000] as const;

export interface ForwardedEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly subscription?: { readonly id: string } | undefined;
  readonly usage?: { readonly subscriptionId: string } | undefined;
}

export interface Attempt {
  readonly event: ForwardedEvent;
  readonly attempt: number;
  /** Absent if no answer came. */
  readonly status?: number;
  readonly failure?: string;
  readonly durationMs: number;
  /** Absent: there is no further attempt. */
  readonly nextInMs?: number | undefined;
}

/** An event with its text, exactly as a destination gets it. */
export interface TakenEvent {
  readonly event: ForwardedEvent;
  readonly body: string;
}

/** Posts an event as a destination gets it, until the receiver accepts it or the attempts are used up. */
export async function* forwardEvent(
  { event, body }: TakenEvent,
  to: { readonly url: string; readonly secret: string; readonly signal: AbortSignal },
): AsyncGenerator<Attempt> {
  const pauses = [0, ...PAUSES_MS];
  for (const [index, pauseMs] of pauses.entries()) {
    await wait(pauseMs, undefined, { signal: to.signal });
    const startedAt = performance.now();
    const answer = await post({ id: event.id, body }, to);
    const isLast = isAccepted(answer) || index === pauses.length - 1;
    yield {
      event,
      attempt: index + 1,
      ...answer,
      durationMs: Math.round(performance.now() - startedAt),
      nextInMs: isLast ? undefined : pauses[index + 1],
    };
    if (isLast) return;
  }
}

export function isAccepted({ status = 0 }: Pick<Attempt, 'status'>): boolean {
  return status >= 200 && status < 300;
}

async function post(
  event: { readonly id: string; readonly body: string },
  {
    url,
    secret,
    signal,
  }: { readonly url: string; readonly secret: string; readonly signal: AbortSignal },
): Promise<Pick<Attempt, 'status' | 'failure'>> {
  try {
    const answer = await sendHttp(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Landfall-Events/1',
        ...signedHeaders(event, secret),
      },
      body: event.body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
    });
    answer.body.resume();
    return { status: answer.status };
  } catch (error) {
    if (signal.aborted) throw error;
    const { name, code = name } = error as { name: string; code?: string };
    return { failure: code === 'ABORT_ERR' ? 'timeout' : code };
  }
}

/** The three headers of Standard Webhooks 1.0, https://www.standardwebhooks.com */
export function signedHeaders(
  event: { readonly id: string; readonly body: string },
  secret: string,
  at = new Date(),
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const content = `${event.id}.${timestamp}.${event.body}`;
  return {
    'webhook-id': event.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${createHmac('sha256', key).update(content).digest('base64')}`,
  };
}
