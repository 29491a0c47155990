/** A record that may be incomplete. billing-sync gives the verdict on it. */
export type GivenRecord = Readonly<Record<string, unknown>>;

/** Records, or what is wrong with the whole body. */
export type Records =
  | { readonly records: readonly unknown[]; readonly dryRun?: boolean }
  | { readonly flaw: string };

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const CLOUD_EVENTS = 'application/cloudevents';

/**
 * Reads a JSON body: one record or a list of records in the form of the API, or CloudEvents 1.0 in structured, batched or
 * binary mode.
 */
export function readRecords(body: Buffer, headers: Headers): Records {
  let parsed: unknown;
  try {
    parsed = JSON.parse(utf8.decode(body));
  } catch {
    return {
      flaw: 'The body is not JSON in UTF-8. Send JSON, CloudEvents or, with text/csv, a CSV file.',
    };
  }
  const type = String(headers['content-type'] ?? '').toLowerCase();
  if (type.startsWith(CLOUD_EVENTS)) {
    return { records: (Array.isArray(parsed) ? parsed : [parsed]).map(recordOfEvent) };
  }
  if (headers['ce-specversion'] !== undefined)
    return { records: [recordOfEvent(binaryEvent(parsed, headers))] };
  if (Array.isArray(parsed)) return { records: parsed };
  if (!isObject(parsed))
    return { flaw: 'The body must be a record, a list of records, or { "records": [ … ] }.' };
  const { records, dryRun } = parsed;
  if (records === undefined) return { records: [parsed] };
  if (!Array.isArray(records)) return { flaw: '"records" must be a list.' };
  if (dryRun !== undefined && typeof dryRun !== 'boolean')
    return { flaw: '"dryRun" must be true or false.' };
  return { records, ...(dryRun === undefined ? {} : { dryRun }) };
}

/**
 * A CloudEvent is identified by its source and id together. Subscription and time may be in `subject` and `time`, or in
 * the data.
 */
function recordOfEvent(event: unknown): unknown {
  if (!isObject(event)) return event;
  const { specversion, id, source, subject, time, data } = event;
  if (specversion !== '1.0' || typeof id !== 'string' || typeof source !== 'string') return event;
  const own = isObject(data) ? data : {};
  return {
    eventId: `${source} ${id}`,
    subscriptionId: own['subscriptionId'] ?? subject,
    dimension: own['dimension'],
    quantity: own['quantity'],
    occurredAt: own['occurredAt'] ?? time,
  } satisfies GivenRecord;
}

/** In binary mode, the attributes are headers and the body is the data. */
function binaryEvent(data: unknown, headers: Headers): GivenRecord {
  const attribute = (name: string) => headers[`ce-${name}`];
  return {
    specversion: attribute('specversion'),
    id: attribute('id'),
    source: attribute('source'),
    subject: attribute('subject'),
    time: attribute('time'),
    data,
  };
}

/** Refuses bytes that are not UTF-8. Replacing them could make two different event ids equal. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
