import { ownAlertProcedures } from './alert-procedures.ts';
import { ownCheckProcedures } from './doctor-procedures.ts';
import {
  forwardedProcedures,
  procedureSubject,
  procedureTables,
  type ProcedureOwner,
} from './api.ts';
import { ownPersonalDataProcedures } from './personal-data-procedures.ts';
import type { Procedures } from './procedures.ts';
import type { ServiceName } from './services.ts';
import {
  consumers,
  deadLetterSubject,
  followers,
  laneWakeSubject,
  streams,
  type ConsumerDefinition,
  type StreamDefinition,
} from './streams.ts';
import { facts } from './subjects.ts';

/** Subjects that a service's NATS user may use. nats-server refuses all others. */
export interface NatsPermissions {
  readonly publish: readonly string[];
  /** Each entry is a subject, or `subject queue` to listen only as a member of that queue group. */
  readonly subscribe: readonly string[];
}

/** The service that reads and replays dead letters, and applies their stream's definition. */
const REPAIRER: ServiceName = 'fulfillment-worker';

/** How long nats-server lets a service answer a call. A later answer is lost. */
export const RESPONSE_WINDOW_SECONDS = 30;

/** nats-server answers it with the permissions of the user who asks. */
export const USER_INFO_SUBJECT = '$SYS.REQ.USER.INFO';

/** Each service has its own inbox prefix, so that no other service can read the answers to its calls. */
export function inboxPrefixOf(service: ServiceName): string {
  return `_INBOX_${service}`;
}

/**
 * Permissions of one service, computed from the owners of facts, the consumers and `calledBy`. A service may
 * publish only its own facts, call only procedures that list it, and receive only calls of its own procedures.
 */
export function natsPermissionsOf(service: ServiceName): NatsPermissions {
  const repairs = service === REPAIRER;
  return {
    publish: unique([
      ...facts.filter(({ owner }) => owner === service).map(({ subject }) => subject),
      ...calledSubjects(service),
      ...jetStreamSubjects(service),
      USER_INFO_SUBJECT,
      ...(repairs ? [laneWakeSubject, ...replayedSubjects()] : []),
    ]),
    subscribe: [
      `${inboxPrefixOf(service)}.>`,
      ...(service in procedureTables
        ? [`${procedureSubject(service as ProcedureOwner, '>')} ${service}`]
        : []),
      ...(repairs ? [laneWakeSubject] : []),
    ],
  };
}

/** What every service answers about itself. */
const ownProcedures = {
  ...ownAlertProcedures,
  ...ownCheckProcedures,
  ...ownPersonalDataProcedures,
};

/** Subjects of the procedures that a service calls. The gateway also forwards every public procedure. */
function calledSubjects(service: ServiceName): string[] {
  const isForwarded = (path: string) =>
    service === 'gateway' && pathsOf(forwardedProcedures).has(path);
  return Object.entries(procedureTables).flatMap(([owner, table]) =>
    Object.entries({ ...specsOf(table), ...specsOf(ownProcedures) })
      .filter(([path, spec]) => spec.calledBy?.includes(service) || isForwarded(path))
      .map(([path]) => procedureSubject(owner as ProcedureOwner, path)),
  );
}

/** The consumers of a service. */
export function consumersOf(service: ServiceName): readonly ConsumerDefinition<never>[] {
  return consumers.filter(({ consumer }) => consumer === service);
}

/** The streams that a service publishes to or consumes, and the dead letters if it may read them. */
export function streamsOf(service: ServiceName): readonly StreamDefinition[] {
  const own = Object.values(streams).filter(({ owner }) => owner === service);
  const follows = consumers.some(({ stream }) => stream.owner === service);
  const published = facts.filter(({ owner }) => owner === service).map(({ subject }) => subject);
  return [
    ...new Set<StreamDefinition>([
      ...own,
      ...Object.values(streams).filter(({ subjects }) =>
        subjects.some((taken) => published.some((subject) => isIn(subject, taken))),
      ),
      ...copiedStreams(service),
      ...consumersOf(service).flatMap(({ stream }) => [stream, streams.deadLetters]),
      ...(follows ? [streams.deadLetters] : []),
    ]),
  ];
}

/** Whether a stream's subject, which may end in `>`, takes a fact's subject. */
function isIn(subject: string, taken: string): boolean {
  return taken.endsWith('>') ? subject.startsWith(taken.slice(0, -1)) : subject === taken;
}

/** The streams that each instance of a service follows on its own. */
function copiedStreams(service: ServiceName): readonly StreamDefinition[] {
  return followers
    .filter(({ follower }) => follower === service)
    .flatMap((definition) => definition.streams);
}

/** JetStream's own requests: https://docs.nats.io/reference/reference-protocols/nats_api_reference */
function jetStreamSubjects(service: ServiceName): string[] {
  const own = Object.values(streams).filter(({ owner }) => owner === service);
  const consumed = consumersOf(service);
  const followed = consumers.filter(({ stream }) => stream.owner === service);
  return [
    api('INFO'),
    // Whichever service starts first creates the stream. Only the owner applies a changed definition.
    ...streamsOf(service).flatMap(({ name }) => [
      api('STREAM', 'INFO', name),
      api('STREAM', 'CREATE', name),
    ]),
    ...own.flatMap(({ name }) => [
      api('STREAM', 'UPDATE', name),
      api('STREAM', 'MSG', 'GET', name),
    ]),
    ...followed.map(({ stream, durable }) => api('CONSUMER', 'INFO', stream.name, durable)),
    ...consumed.flatMap(({ stream: { name }, durable }) => [
      api('CONSUMER', 'CREATE', name, durable),
      api('CONSUMER', 'CREATE', name, durable, '>'),
      api('CONSUMER', 'DURABLE', 'CREATE', name, durable),
      api('CONSUMER', 'INFO', name, durable),
      api('CONSUMER', 'MSG', 'NEXT', name, durable),
      `$JS.ACK.${name}.${durable}.>`,
      deadLetterSubject(durable),
    ]),
    // Without a name in the subject, only an ephemeral consumer can be made, so none of a service can be changed.
    ...copiedStreams(service).map(({ name }) => api('CONSUMER', 'CREATE', name)),
    ...(service === REPAIRER ? [api('STREAM', 'MSG', 'DELETE', streams.deadLetters.name)] : []),
  ];
}

/** Subjects of all facts that a dead letter can hold. */
function replayedSubjects(): string[] {
  return consumers.flatMap((consumer) => consumer.facts.map(({ subject }) => subject));
}

function api(...parts: readonly string[]): string {
  return ['$JS.API', ...parts].join('.');
}

function pathsOf(table: Procedures): ReadonlySet<string> {
  return new Set(Object.keys(specsOf(table)));
}

function specsOf(table: Procedures): Record<string, Procedures[string][string]> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([namespace, specs]) =>
      Object.entries(specs).map(([name, spec]) => [`${namespace}.${name}`, spec] as const),
    ),
  );
}

function unique(subjects: readonly string[]): string[] {
  return [...new Set(subjects)];
}
