import { useEffect, useSyncExternalStore } from 'react';
import type { LiveEvent } from '@landfall/contracts/live-events';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { chosenPublisher } from './publisher.ts';

type Listener = (event: LiveEvent) => void;

/** What the tab that holds the stream tells the others, and what a new tab asks it. */
type Message =
  | { readonly event: LiveEvent }
  | { readonly isConnected: boolean }
  | { readonly asks: 'isConnected' };

/**
 * Which queries an event makes out of date: the namespaces of their keys, by the beginning of the event's type.
 */
const outdated: readonly (readonly [type: string, namespaces: readonly string[]])[] = [
  ['fulfillment.subscription.', ['subscriptions', 'operations', 'activity', 'calendar', 'usage']],
  // Each fact becomes an event for the product.
  ['fulfillment.', ['deliveries', 'reconciliation']],
  ['ingest.notification.', ['notifications', 'operations', 'activity']],
  ['billing.usage.', ['usage', 'incidents', 'activity']],
];

/** Matters are found by every service. */
const MATTER = /^\w+\.matter\./;

/** A burst of events leads to one read. */
const GATHER_MS = 300;

const listeners = new Set<Listener>();
const stateListeners = new Set<() => void>();
let isConnected = false;
let stale = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Calls `listener` for events of a type that begins with one of `types`. */
export function useLive(types: readonly string[], listener: Listener): void {
  const key = types.join(' ');
  useEffect(() => {
    const wanted = key.split(' ');
    const own: Listener = (event) => {
      if (wanted.some((type) => event.type.startsWith(type))) listener(event);
    };
    listeners.add(own);
    return () => void listeners.delete(own);
  }, [key, listener]);
}

/** Whether changes appear by themselves. */
export function useIsLive(): boolean {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    () => isConnected,
  );
}

/**
 * Follows Landfall's events until the returned function is called. A browser opens only six connections to a server, so of all
 * tabs with the same publisher one holds the stream and passes events on. When it is closed, another one takes over.
 */
export function followEvents(): () => void {
  const publisherId = chosenPublisher();
  const name = `landfall.live.${publisherId ?? ''}`;
  const channel = new BroadcastChannel(name);
  const ended = new AbortController();
  let holds = false;
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (!('asks' in data)) take(data);
    else if (holds) channel.postMessage({ isConnected });
  });
  channel.postMessage({ asks: 'isConnected' });
  const tell = (message: Message) => {
    take(message);
    if (!ended.signal.aborted) channel.postMessage(message);
  };
  // The tab that gets the lock keeps the stream until it is closed or shows another publisher.
  const held = navigator.locks.request(name, { signal: ended.signal }, () => {
    holds = true;
    return holdStream(publisherId, ended.signal, tell);
  });
  held.catch(() => undefined);
  return () => {
    ended.abort();
    channel.close();
  };
}

/** Resolves when `signal` is aborted. tRPC reconnects by itself and continues after the last event. */
function holdStream(
  publisherId: string | undefined,
  signal: AbortSignal,
  tell: (message: Message) => void,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stream = api.events.live.subscribe(publisherId === undefined ? {} : { publisherId }, {
    // tRPC's client takes the event out of its envelope.
    onData: (event) => tell({ event: (event as unknown as { data: LiveEvent }).data }),
    onConnectionStateChange: ({ state }) => tell({ isConnected: state === 'pending' }),
    onError: () => tell({ isConnected: false }),
  });
  signal.addEventListener('abort', () => {
    stream.unsubscribe();
    resolve();
  });
  return promise;
}

function take(message: Message): void {
  if ('event' in message) receive(message.event);
  else if ('isConnected' in message) setConnected(message.isConnected);
}

function setConnected(next: boolean): void {
  if (next === isConnected) return;
  isConnected = next;
  for (const listener of stateListeners) listener();
}

function receive(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
  // Events were missed and cannot be repeated.
  if (event.type === 'gap') return void queryClient.invalidateQueries();
  for (const [type, namespaces] of outdated) {
    if (event.type.startsWith(type)) for (const namespace of namespaces) stale.add(namespace);
  }
  if (MATTER.test(event.type))
    for (const namespace of ['matters', 'activity']) stale.add(namespace);
  if (stale.size > 0) timer ??= setTimeout(readAgain, GATHER_MS);
}

function readAgain(): void {
  timer = undefined;
  const namespaces = [...stale];
  stale = new Set();
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [first] }) =>
      typeof first === 'string' && namespaces.some((name) => first.startsWith(`${name}.`)),
  });
}
