import { pino, type DestinationStream, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { currentCorrelationId } from './correlation.ts';
import { maskText, redact, redactFields } from './redaction.ts';
import { standardOutput } from './standard-output.ts';

export { correlationId, withCorrelation } from './correlation.ts';

export type Logger = PinoLogger;

/**
 * JSON lines on stdout: level, time (ISO 8601), service, correlation id of the flow, fields, message.
 * Secrets and personal data are masked at any depth, in child loggers too, so that a careless call
 * does not leak; still log codes and ids, not payloads. Write errors as `{ err: error }`.
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
      return correlationId ? { correlationId } : {};
    },
  };
  return maskBindings(pino(options, destination));
}

/** The formatter of fields does not see texts, and of an error alone pino makes one of its message. */
function maskArguments([first, ...rest]: readonly unknown[]): unknown[] {
  const texts = rest.map((arg) => (typeof arg === 'string' ? maskText(arg) : arg));
  if (typeof first === 'string') return [maskText(first), ...texts];
  if (!(first instanceof Error)) return [first, ...texts];
  return [{ err: first }, ...(texts.length > 0 ? texts : [maskText(first.message)])];
}

/** pino formats fields but not the bindings of children; these inherit the replaced method. */
function maskBindings(logger: Logger): Logger {
  const plain = Object.getPrototypeOf(logger) as { child(bindings: object, how?: object): object };
  function child(this: object, bindings: object, how?: object): object {
    return plain.child.call(this, redactFields(bindings), how);
  }
  return Object.assign(logger, { child: child as Logger['child'] });
}
