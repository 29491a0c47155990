import { procedureSubject, procedureTables, type ProcedureOwner } from '@landfall/contracts/api';
import { natsPermissionsOf } from '@landfall/contracts/nats-permissions';
import { services, type ServiceName } from '@landfall/contracts/services';
import { consumers, followers } from '@landfall/contracts/streams';
import { variablesOf } from '@landfall/service-kit/config';
import type { ConfigSchemas } from './config-schemas.ts';

/** What a service opens connections to. `microsoft`, `products` and `public-address` are on the internet. */
export type Peer =
  | ServiceName
  | 'postgresql'
  | 'nats'
  | 'microsoft'
  | 'mail-server'
  | 'products'
  | 'public-address'
  | 'name-servers'
  | 'collector';

/** A service opens network connections to a peer. */
export interface Connection {
  readonly from: ServiceName;
  readonly to: Peer;
  readonly purpose: string;
}

/** Settings that name a peer. A service opens the connection if it reads the setting. */
const namedBySetting: Readonly<Record<string, Omit<Connection, 'from'>>> = {
  DATABASE_URL: { to: 'postgresql', purpose: "the service's own schema, under its own role" },
  NATS_URL: { to: 'nats', purpose: 'facts, and calls of other services, as its own user' },
  ENTRA_AUTHORITY_URL: { to: 'microsoft', purpose: 'Entra ID: tokens, signing keys, sign-in' },
  MARKETPLACE_BASE_URL: { to: 'microsoft', purpose: 'the fulfillment and metering APIs' },
  SMTP_URL: { to: 'mail-server', purpose: 'mails to people' },
  OTEL_EXPORTER_OTLP_ENDPOINT: { to: 'collector', purpose: 'traces, if it is set' },
  DESTINATION_NAME_SERVERS: { to: 'name-servers', purpose: 'names of destinations' },
};

/** Connections that no setting names. */
const others: readonly Connection[] = [
  {
    from: 'fulfillment-worker',
    to: 'products',
    purpose: 'events and decision requests to destinations, notices to Teams and Slack',
  },
  { from: 'gateway', to: 'public-address', purpose: "the doctor's call of the landing page" },
  { from: 'fulfillment-worker', to: 'public-address', purpose: "the doctor's call of the webhook" },
];

/** Settings with a URL that a service shows or compares, but does not call. */
const NOT_CALLED: ReadonlySet<string> = new Set(['PUBLIC_URL', 'PRODUCT_URL', 'SUPPORT_URL']);
/** Settings of the local stack. */
const LOCAL_ONLY: ReadonlySet<string> = new Set(['CLOCK_URL', 'LOCAL_MARKETPLACE_URL']);

/**
 * Every connection that a service opens, computed from its settings. Throws for a setting with a URL that this file does not
 * know, so that the network policies cannot lack a new peer.
 */
export function connectionsOf(schemas: ConfigSchemas): readonly Connection[] {
  const found = services.flatMap(({ name: from }) => [
    ...variablesOf(schemas[from]).flatMap((variable) => {
      const named = namedBySetting[variable] ?? upstreamOf(variable);
      if (named) return [{ from, ...named }];
      const isKnown = NOT_CALLED.has(variable) || LOCAL_ONLY.has(variable);
      if (isKnown || !/_(URL|ENDPOINT|SERVERS)$/.test(variable)) return [];
      throw new Error(`${from} reads ${variable}: add what it calls to connections.ts`);
    }),
    ...others.filter((connection) => connection.from === from),
  ]);
  return services.flatMap(({ name }) => merged(found.filter(({ from }) => from === name)));
}

/** `LANDING_URL` names the service landing. */
function upstreamOf(variable: string): Omit<Connection, 'from'> | undefined {
  const upstream = services.find(({ name }) => variable === urlVariable(name));
  return upstream && { to: upstream.name, purpose: 'forwarded requests of browsers and Microsoft' };
}

/** The setting with which one service finds another one. */
export function urlVariable(service: ServiceName): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_URL`;
}

function merged(connections: readonly Connection[]): readonly Connection[] {
  const byPeer = Map.groupBy(connections, ({ to }) => to);
  return byPeer
    .entries()
    .map(([to, same]) => {
      const purpose = same.map((connection) => connection.purpose).join('; ');
      return { from: same[0]?.from ?? 'gateway', to, purpose };
    })
    .toArray();
}

/** What one service says to another over NATS. */
export interface Conversation {
  readonly from: ServiceName;
  readonly to: ServiceName;
  /** Procedures that `from` calls, or consumers of `to` that take its facts. */
  readonly calls: readonly string[];
  readonly facts: readonly string[];
}

/** Every conversation over NATS, computed from the permissions and the consumers of the contracts. */
export function conversations(): readonly Conversation[] {
  const pairs = services.flatMap(({ name: from }) =>
    services.map(({ name: to }) => ({ from, to })),
  );
  return pairs
    .filter(({ from, to }) => from !== to)
    .map(({ from, to }) => ({ from, to, calls: callsOf(from, to), facts: factsOf(from, to) }))
    .filter(({ calls, facts }) => calls.length + facts.length > 0);
}

function callsOf(from: ServiceName, to: ServiceName): readonly string[] {
  if (!(to in procedureTables)) return [];
  const prefix = procedureSubject(to as ProcedureOwner, '');
  return natsPermissionsOf(from)
    .publish.filter((subject) => subject.startsWith(prefix))
    .map((subject) => subject.slice(prefix.length));
}

function factsOf(from: ServiceName, to: ServiceName): readonly string[] {
  const consumed = consumers
    .filter(({ consumer, facts }) => consumer === to && facts.some(({ owner }) => owner === from))
    .map(({ durable }) => durable);
  const isFollowed = followers.some(
    ({ follower, streams }) => follower === to && streams.some(({ owner }) => owner === from),
  );
  return isFollowed ? [...consumed, 'live'] : consumed;
}
