import type { DestinationStream, Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

export function createLogger(
  _name: string,
  _level?: string,
  _destination?: DestinationStream,
): Logger {
  throw new Error('being written');
}

export function withCorrelation<T>(_id: string, _fn: () => T): T {
  throw new Error('being written');
}

export function correlationId(): string {
  throw new Error('being written');
}
