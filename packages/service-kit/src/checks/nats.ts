import { z } from 'zod';
import {
  USER_INFO_SUBJECT,
  consumersOf,
  natsPermissionsOf,
  streamsOf,
  type NatsPermissions,
} from '@landfall/contracts/nats-permissions';
import type { ServiceName } from '@landfall/contracts/services';
import { isFault } from '@landfall/domain/fault';
import type { Bus } from '../bus/bus.ts';
import type { CheckToRun, Finding } from './checks.ts';

/** The oldest version that is tested. */
const OLDEST_VERSION = '2.10';
/** The server answers itself, in a millisecond. */
const INFO_TIMEOUT_MS = 2000;

/** What a service needs of NATS: the server, and the streams, consumers and permissions of its contracts. */
export function natsChecks({
  bus,
  service,
}: {
  readonly bus: Bus;
  readonly service: ServiceName;
}): readonly CheckToRun[] {
  return [
    { check: 'nats.server', run: async () => checkServer(bus) },
    { check: 'nats.streams', run: () => checkStreams(bus, service) },
    { check: 'nats.consumers', run: () => checkConsumers(bus, service) },
    { check: 'nats.permissions', run: () => checkPermissions(bus, service) },
  ];
}

function checkServer(bus: Bus): Finding {
  if (!bus.isReady()) {
    return {
      severity: 'error',
      finding: 'NATS is not connected.',
      cause: 'nats-server is down, or the network or a firewall is in the way.',
      nextStep: 'Start nats-server. The service connects again by itself.',
    };
  }
  const version = bus.serverVersion ?? 'of an unknown version';
  const isOld = compareVersions(version, OLDEST_VERSION) < 0;
  if (!isOld) return { severity: 'ok', finding: `NATS ${version} is connected.` };
  return {
    severity: 'warning',
    finding: `NATS ${version} is older than ${OLDEST_VERSION}.`,
    nextStep: `Upgrade nats-server to ${OLDEST_VERSION} or newer.`,
  };
}

function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((text) => text.split('.').map(Number));
  const at = [0, 1].find((index) => left?.[index] !== right?.[index]) ?? 0;
  return (left?.[at] ?? 0) - (right?.[at] ?? 0);
}

async function checkStreams(bus: Bus, service: ServiceName): Promise<Finding> {
  const used = streamsOf(service);
  if (used.length === 0) return { severity: 'ok', finding: 'The service uses no stream.' };
  const flaws = await Promise.all(
    used.map(async (stream) => ({ name: stream.name, flaws: await bus.streamFlaws(stream) })),
  );
  const missing = flaws.filter((one) => one.flaws === undefined).map(({ name }) => name);
  if (missing.length > 0) {
    return {
      severity: 'error',
      finding: `These streams are missing: ${missing.join(', ')}.`,
      cause: 'They were deleted, or nats-server lost its store.',
      nextStep:
        'Restart the services. They create missing streams, and publish again what was lost.',
    };
  }
  const changed = flaws.filter((one) => (one.flaws ?? []).length > 0);
  if (changed.length === 0) {
    return {
      severity: 'ok',
      finding: `The streams ${used.map(({ name }) => name).join(', ')} exist.`,
    };
  }
  return {
    severity: 'warning',
    finding: changed.map((one) => `${one.name}: ${one.flaws?.join(', ')}`).join('; '),
    cause:
      'Someone changed the stream, its owner still runs an older version, or a node of the cluster is down.',
    nextStep:
      'Start the nodes that are down. Restart the service that owns the stream; it sets subjects and limits again.',
  };
}

async function checkConsumers(bus: Bus, service: ServiceName): Promise<Finding> {
  const wanted = consumersOf(service);
  if (wanted.length === 0) return { severity: 'ok', finding: 'The service has no consumer.' };
  const found = await Promise.all(wanted.map((one) => bus.hasConsumer(one)));
  const missing = wanted.filter((_, index) => !found[index]).map(({ durable }) => durable);
  if (missing.length === 0) {
    const names = wanted.map(({ durable }) => durable).join(', ');
    return { severity: 'ok', finding: `The consumers ${names} exist.` };
  }
  return {
    severity: 'error',
    finding: `These consumers are missing: ${missing.join(', ')}.`,
    cause: 'They were deleted, or nats-server lost its store. The service receives no facts.',
    nextStep: 'Restart the service. It creates its consumers at its start.',
  };
}

async function checkPermissions(bus: Bus, service: ServiceName): Promise<Finding> {
  if (!bus.isReady()) {
    return {
      severity: 'unknown',
      finding: 'The permissions are not known, because NATS is not connected.',
      nextStep: 'Start nats-server, then run the doctor again.',
    };
  }
  const granted = await grantedPermissions(bus).catch((error: unknown) => {
    if (isFault(error)) return 'not-answered' as const;
    throw error;
  });
  if (granted === 'not-answered') {
    return {
      severity: 'unknown',
      finding: 'NATS did not say which permissions this user has.',
      cause: 'The users of nats-server are those of an older version of Landfall.',
      nextStep: 'Include the nats-users.conf of this version, and reload nats-server.',
    };
  }
  if (granted === undefined) {
    return {
      severity: 'warning',
      finding: 'NATS lets this service publish and receive everything.',
      cause: 'nats-server has no users with permissions.',
      nextStep: 'Include nats-users.conf in the configuration of nats-server (docs/nats.md).',
    };
  }
  const wanted = natsPermissionsOf(service);
  const missing = difference(wanted, granted);
  const extra = difference(granted, wanted);
  if (missing.length + extra.length === 0) {
    return { severity: 'ok', finding: 'The NATS user has exactly the permissions that it needs.' };
  }
  const isUnusable = missing.length > 0;
  return {
    severity: isUnusable ? 'error' : 'warning',
    finding: isUnusable
      ? `The NATS user lacks ${missing.length} permissions, such as ${missing[0]}.`
      : `The NATS user has ${extra.length} permissions more than it needs, such as ${extra[0]}.`,
    cause: 'The users of nats-server are not those of this version of Landfall.',
    nextStep: 'Include the nats-users.conf of this version, and reload nats-server.',
  };
}

const allowed = z.object({ allow: z.array(z.string()).default([]) }).default({ allow: [] });

/** https://docs.nats.io/running-a-nats-service/configuration/sys_accounts#user-services */
const userInfo = z.object({
  data: z.object({
    permissions: z.object({ publish: allowed, subscribe: allowed }).optional(),
  }),
});

/** What nats-server itself says about the service's user. Undefined: the user may do everything. */
async function grantedPermissions(bus: Bus): Promise<NatsPermissions | undefined> {
  const answer = await bus.request(USER_INFO_SUBJECT, '', {
    headers: {},
    timeoutMs: INFO_TIMEOUT_MS,
  });
  const { permissions } = userInfo.parse(JSON.parse(answer)).data;
  if (!permissions) return undefined;
  return { publish: permissions.publish.allow, subscribe: permissions.subscribe.allow };
}

function difference(one: NatsPermissions, other: NatsPermissions): string[] {
  return (['publish', 'subscribe'] as const).flatMap((kind) => {
    const others = new Set(other[kind].map(withoutQueue));
    return one[kind]
      .map(withoutQueue)
      .filter((subject) => !others.has(subject))
      .map((subject) => `${kind} ${subject}`);
  });
}

/** The server reports a permission for a queue group without the group. */
function withoutQueue(subject: string): string {
  return subject.split(' ', 1)[0] ?? subject;
}
