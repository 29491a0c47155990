import { APIS, type ApiName } from '../market/endpoint-names.ts';

/** Who calls whom: the publisher calls Microsoft's APIs, and Microsoft calls the webhook. */
export const CALLERS = ['publisher', 'microsoft'] as const;
export type Caller = (typeof CALLERS)[number];

export const CALL_APIS = [...APIS, 'Webhook'] as const;
export type CallApi = ApiName | 'Webhook';

/** `accepted` is 2xx, `refused` 3xx and 4xx, `failed` 5xx or no answer. */
export const OUTCOMES = ['accepted', 'refused', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A call as the list shows it. */
export interface CallSummary {
  /** Counts up from 1, in the order in which the calls ended. */
  readonly id: string;
  /** When it began, in real time, ISO 8601. */
  readonly at: string;
  readonly caller: Caller;
  readonly api: CallApi;
  /** What it does, in Microsoft's words. */
  readonly title: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly subscriptionIds: readonly string[];
  /** Null without an answer. */
  readonly status: number | null;
  readonly outcome: Outcome;
  /** Why there is no answer; null if there is one. */
  readonly error: string | null;
  readonly durationMs: number;
}

/** Headers and body without tokens and secrets. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LoggedCall extends CallSummary {
  readonly request: Message;
  /** Null without an answer. */
  readonly response: Message | null;
}

export interface CallFilter {
  readonly caller?: Caller | undefined;
  readonly api?: CallApi | undefined;
  readonly outcome?: Outcome | undefined;
  /** A subscription's id, or its beginning. */
  readonly subscriptionId?: string | undefined;
}

/** The oldest calls are dropped beyond these limits, whichever is reached first. */
const CALLS_MAX = 2000;
const TOTAL_MAX_CHARS = 24_000_000;
/** Longer bodies, such as a full page of the list, are cut. */
const BODY_MAX_CHARS = 64_000;

/** The last calls in both directions, in memory. */
export class CallLog {
  #calls: LoggedCall[] = [];
  #chars = 0;
  #count = 0;

  add(call: Omit<LoggedCall, 'id' | 'outcome'>): void {
    this.#count += 1;
    const stored: LoggedCall = {
      ...call,
      id: String(this.#count),
      outcome: outcomeOf(call.status),
      request: cut(call.request),
      response: call.response && cut(call.response),
    };
    this.#calls.push(stored);
    this.#chars += sizeOf(stored);
    while (this.#calls.length > CALLS_MAX || this.#chars > TOTAL_MAX_CHARS) {
      const dropped = this.#calls.shift();
      if (dropped === undefined) break;
      this.#chars -= sizeOf(dropped);
    }
  }

  /** Newest first. */
  list({ caller, api, outcome, subscriptionId }: CallFilter = {}): CallSummary[] {
    const id = subscriptionId?.toLowerCase();
    return this.#calls
      .filter(
        (call) =>
          (caller ?? call.caller) === call.caller &&
          (api ?? call.api) === call.api &&
          (outcome ?? call.outcome) === call.outcome &&
          (id === undefined || call.subscriptionIds.some((one) => one.startsWith(id))),
      )
      .map(({ request: _request, response: _response, ...summary }) => summary)
      .toReversed();
  }

  get(id: string): LoggedCall | undefined {
    return this.#calls.find((call) => call.id === id);
  }

  clear(): void {
    this.#calls = [];
    this.#chars = 0;
  }
}

function outcomeOf(status: number | null): Outcome {
  if (status === null || status >= 500) return 'failed';
  return status < 300 ? 'accepted' : 'refused';
}

function cut({ headers, body }: Message): Message {
  const more = body.length - BODY_MAX_CHARS;
  return more <= 0
    ? { headers, body }
    : { headers, body: `${body.slice(0, BODY_MAX_CHARS)}… (${more} more characters)` };
}

function sizeOf({ request, response }: LoggedCall): number {
  return JSON.stringify([request, response]).length;
}
