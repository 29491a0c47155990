import { metrics as table } from '@landfall/contracts/metrics';
import { callSpan } from '../telemetry/spans.ts';
import { recordSpan, startedAt } from '../telemetry/tracing.ts';
import { reading, type Metrics } from './metrics.ts';

/** One failed call is usual. Three in a row without an answer in between are not. */
const FEW_CALLS = 3;
/** Work is repeated at least every ten minutes. Without a call for longer, nothing is known about Microsoft. */
const FORGOTTEN_MS = 15 * 60_000;
/** "Too many requests": Microsoft answers, but does nothing. */
const TOO_MANY = 429;

interface CallRecord {
  readonly operation: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly durationMs: number;
}

/**
 * Measures each call to Microsoft's APIs, with operation, status or failure, and duration, and makes it a span of the current
 * trace. Also measures for how long all calls have failed on Microsoft's side. `elapsed` is the machine's time in milliseconds, because the outage of a server is not part of a moved clock.
 */
export function measureCalls(
  metrics: Metrics,
  elapsed: () => number = () => performance.now(),
): (record: CallRecord) => void {
  let failures = { count: 0, firstAt: 0, lastAt: 0 };
  metrics.read([table.marketplaceFailing], async () => {
    const { count, firstAt, lastAt } = failures;
    const isFailing = count >= FEW_CALLS && elapsed() - lastAt < FORGOTTEN_MS;
    return [reading(table.marketplaceFailing, isFailing ? (elapsed() - firstAt) / 1000 : 0)];
  });
  return (record) => {
    const { operation, status, code, durationMs } = record;
    const at = elapsed();
    failures = isAnswered(record)
      ? { count: 0, firstAt: 0, lastAt: 0 }
      : { count: failures.count + 1, firstAt: failures.firstAt || at, lastAt: at };
    const outcome = status === undefined ? (code ?? 'none') : String(status);
    metrics.observe(table.marketplaceCall, { operation, status: outcome }, durationMs);
    const now = startedAt();
    const failure = status !== undefined && status < 400 ? undefined : outcome;
    if (now !== undefined) recordSpan(now - durationMs, () => callSpan(operation, status), failure);
  };
}

/** A refusal is an answer too: other alerts tell of refused credentials and refused usage. */
function isAnswered({ status }: CallRecord): boolean {
  return status !== undefined && status < 500 && status !== TOO_MANY;
}
