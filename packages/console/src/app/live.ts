import { useEffect, useSyncExternalStore } from 'react';
import type { LiveEvent } from '@landfall/contracts/live-events';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { chosenPublisher } from './publisher.ts';

type Listener = (event: LiveEvent) => void;

const listeners = new Set<Listener>();
const stateListeners = new Set<() => void>();
let isConnected = false;

/** Calls `listener` for events whose type begins with one of `types`. */
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

export function useIsLive(): boolean {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    () => isConnected,
  );
}

/** Which lists and records an event makes out of date: the beginnings of query keys, by the beginning of the event's type. */
const outdated: readonly (readonly [type: string, namespaces: readonly string[]])[] = [
  ['fulfillment.subscription', ['subscriptions', 'operations', 'overview', 'calendar']],
  ['fulfillment.operation', ['operations', 'subscriptions', 'overview']],
  ['fulfillment.delivery', ['deliveries', 'destinations']],
  ['fulfillment.matter', ['matters', 'overview']],
  ['billing.matter', ['matters', 'overview']],
  ['ingest.matter', ['matters', 'overview']],
  ['landing.matter', ['matters', 'overview']],
  ['gateway.matter', ['matters', 'overview']],
  ['ingest', ['notifications', 'overview']],
  ['billing', ['usage', 'overview']],
  ['reconciliation', ['reconciliation', 'overview']],
];

/** A burst of events leads to one read. */
const GATHER_MS = 300;

let stale = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

function receive(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
  if (event.type === 'gap') return void queryClient.invalidateQueries();
  const found = outdated.filter(([type]) => event.type.startsWith(type));
  for (const namespace of found.flatMap(([, namespaces]) => namespaces)) stale.add(namespace);
  timer ??= setTimeout(readAgain, GATHER_MS);
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

function setConnected(next: boolean): void {
  if (next === isConnected) return;
  isConnected = next;
  for (const listener of stateListeners) listener();
}

/** Follows Landfall's events until the returned function is called. tRPC reconnects and continues after the last event. */
export function followEvents(): () => void {
  const publisherId = chosenPublisher();
  const subscription = api.events.live.subscribe(publisherId === undefined ? {} : { publisherId }, {
    // tRPC's client takes the event out of its envelope.
    onData: (event) => receive((event as unknown as { data: LiveEvent }).data),
    onConnectionStateChange: ({ state }) => setConnected(state === 'pending'),
    onError: () => setConnected(false),
  });
  return () => subscription.unsubscribe();
}
