import { pino, type DestinationStream, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { currentCorrelationId } from './correlation.ts';
import { currentSpan } from '../telemetry/tracing.ts';
import { maskText, redact, redactFields } from './redaction.ts';
import { standardOutput } from './standard-output.ts';

export { correlationId, withCorrelation } from './correlation.ts';

export type Logger = PinoLogger;

/**
 * Writes JSON lines to stdout: level, time (ISO 8601), service, correlation id of the flow, ids of the span if its trace is recorded
 * (named as OpenTelemetry names them), fields, message. Masks
 * secrets and personal data at any depth, also in child loggers, so that a careless call does not leak them. Log codes
 * and ids all the same, not payloads. Log errors as `{ err: error }`.
 */
export function createLogger(
  name: string,
  level = 'info',
  destination: DestinationStream = standardOutput,
): Logger {
  const options: LoggerOptions = {
    level,
    base: { service: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: redact },
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => redactFields(fields),
    },
    hooks: {
      logMethod(args, write) {
        write.apply(this, maskArguments(args) as Parameters<typeof write>);
      },
    },
    mixin() {
      const correlationId = currentCorrelationId();
      const span = currentSpan();
      if (span) return { correlationId, trace_id: span.traceId, span_id: span.spanId };
      return correlationId ? { correlationId } : {};
    },
  };
  return maskBindings(pino(options, destination));
}

/** Masks messages, which pino's formatter does not see. An error without a message gets its own message here. */
function maskArguments([first, ...rest]: readonly unknown[]): unknown[] {
  const texts = rest.map((arg) => (typeof arg === 'string' ? maskText(arg) : arg));
  if (typeof first === 'string') return [maskText(first), ...texts];
  if (!(first instanceof Error)) return [first, ...texts];
  return [{ err: first }, ...(texts.length > 0 ? texts : [maskText(first.message)])];
}

/** Masks the bindings of child loggers, which pino does not format. Grandchildren inherit the method. */
function maskBindings(logger: Logger): Logger {
  const plain = Object.getPrototypeOf(logger) as { child(bindings: object, how?: object): object };
  function child(this: object, bindings: object, how?: object): object {
    return plain.child.call(this, redactFields(bindings), how);
  }
  return Object.assign(logger, { child: child as Logger['child'] });
}
