import type { Envelope } from '@landfall/contracts/envelope.ts';
import type { ServiceName } from '@landfall/contracts/services.ts';
import type { ConsumerDefinition, StreamDefinition } from '@landfall/contracts/streams.ts';
import type { FactDefinition } from '@landfall/contracts/subjects.ts';
import type { Logger } from './log.ts';

export interface BusMessage {
  readonly subject: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RequestOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Bus extends AsyncDisposable {
  publish<P>(fact: FactDefinition<P>, payload: P, envelope: Envelope): Promise<void>;
  ensureStreams(streams: readonly StreamDefinition[]): Promise<void>;
  consume<P>(
    definition: ConsumerDefinition<P>,
    handler: (payload: P, envelope: Envelope, fact: FactDefinition<P>) => Promise<void>,
    options?: { readonly concurrency?: number },
  ): Promise<AsyncDisposable>;
  notify(subject: string): void;
  listen(subject: string, fn: () => void): AsyncDisposable;
  request(subject: string, body: Uint8Array | string, options: RequestOptions): Promise<string>;
  respond(
    subjectPattern: string,
    queue: string,
    fn: (message: BusMessage) => Promise<string>,
  ): AsyncDisposable;
  isReady(): boolean;
}

export async function connectBus(_options: {
  url: string;
  name: ServiceName;
  log: Logger;
}): Promise<Bus> {
  throw new Error('being written');
}
