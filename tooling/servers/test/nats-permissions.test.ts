import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { procedureTables } from '@landfall/contracts/api';
import { inboxPrefixOf, natsPermissionsOf } from '@landfall/contracts/nats-permissions';
import { services, type ServiceName } from '@landfall/contracts/services';
import {
  consumers,
  deadLetterSubject,
  laneWakeSubject,
  streams,
} from '@landfall/contracts/streams';
import { facts } from '@landfall/contracts/subjects';
import { throwAwayNats } from '../src/throw-away-servers.ts';

// Asks a real server about every service and every subject, and compares with a rule that is
// written here independently of the code that computes the permissions.

const names = services.map(({ name }) => name);
const owners = Object.keys(procedureTables) as (keyof typeof procedureTables)[];
const streamNames = Object.values(streams).map(({ name }) => name);

const procedures = owners.flatMap((owner) => [
  ...Object.entries(procedureTables[owner]).flatMap(([namespace, specs]) =>
    Object.keys(specs).map((name) => `rpc.${owner}.${namespace}.${name}`),
  ),
  `rpc.${owner}.ownAlerts.list`,
  `rpc.${owner}.ownChecks.run`,
  `rpc.${owner}.ownChecks.setup`,
  `rpc.${owner}.invented.procedure`,
]);

const jetStream = [
  '$JS.API.INFO',
  '$JS.API.STREAM.NAMES',
  '$JS.API.STREAM.LIST',
  ...streamNames.flatMap((stream) => [
    `$JS.API.STREAM.CREATE.${stream}`,
    `$JS.API.STREAM.UPDATE.${stream}`,
    `$JS.API.STREAM.DELETE.${stream}`,
    `$JS.API.STREAM.PURGE.${stream}`,
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.STREAM.SNAPSHOT.${stream}`,
    `$JS.API.STREAM.RESTORE.${stream}`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.STREAM.MSG.DELETE.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}.spy`,
    `$JS.API.CONSUMER.NAMES.${stream}`,
  ]),
  ...consumers.flatMap(({ durable, stream: { name } }) => [
    `$JS.API.CONSUMER.CREATE.${name}.${durable}`,
    `$JS.API.CONSUMER.DELETE.${name}.${durable}`,
    `$JS.API.CONSUMER.INFO.${name}.${durable}`,
    `$JS.API.CONSUMER.MSG.NEXT.${name}.${durable}`,
    `$JS.ACK.${name}.${durable}.1.1.1.1.1`,
  ]),
];

const subjects = [
  ...facts.map(({ subject }) => subject),
  'fulfillment.subscription.invented',
  ...procedures,
  ...jetStream,
  ...consumers.map(({ durable }) => deadLetterSubject(durable)),
  laneWakeSubject,
  ...names.map((name) => `${inboxPrefixOf(name)}.stolen`),
  '_INBOX.stolen',
  '$SYS.REQ.SERVER.PING',
  '$SYS.REQ.USER.INFO',
];

let server: Awaited<ReturnType<typeof throwAwayNats>>;
beforeAll(async () => {
  server = await throwAwayNats();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** The commands that the server refuses, in its own words. */
async function refusedOf(service: ServiceName, commands: readonly string[]): Promise<string[]> {
  const { hostname, port, username, password } = new URL(server.urlFor(service));
  const socket = connect(Number(port), hostname);
  let heard = '';
  const hear = async (word: string) => {
    while (!heard.includes(word)) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      heard += chunk.toString('utf8');
    }
  };
  try {
    const login = { user: username, pass: decodeURIComponent(password), verbose: false };
    socket.write(`CONNECT ${JSON.stringify(login)}\r\n${commands.join('')}PING\r\n`);
    await hear('PONG\r\n');
    return [...heard.matchAll(/-ERR 'Permissions Violation for (.*)'\r\n/g)].map(
      ([, what = '']) => what,
    );
  } finally {
    socket.destroy();
  }
}

test.each(names)(
  '%s can publish what it owns, calls and consumes, and nothing else',
  async (name) => {
    // Empty, and without a reply: an allowed publish has no effect on a server without streams.
    const commands = subjects.map((subject) => `PUB ${subject} 0\r\n\r\n`);
    const refused = new Set(await refusedOf(name, commands));
    const allowed = subjects.filter((subject) => !refused.has(`Publish to "${subject}"`));
    expect(allowed).toEqual(subjects.filter((subject) => mayPublish(name, subject)));
  },
);

test.each(names)(
  '%s can receive its own calls and its own inbox, and nothing else',
  async (name) => {
    const patterns = [
      '>',
      '*',
      'rpc.>',
      'ingest.>',
      'fulfillment.>',
      'billing.>',
      'deadletter.>',
      '$JS.>',
      '$SYS.>',
      '_INBOX.>',
      laneWakeSubject,
      ...names.map((other) => `${inboxPrefixOf(other)}.>`),
      ...owners.flatMap((owner) => [`rpc.${owner}.>`, `rpc.${owner}.> ${owner}`]),
      ...owners.map((owner) => `rpc.${owner}.> spies`),
      ...facts.map(({ subject }) => subject),
    ];
    const refused = new Set(
      await refusedOf(
        name,
        patterns.map((pattern, index) => `SUB ${pattern} ${index + 1}\r\n`),
      ),
    );
    const words = (pattern: string) => {
      const [subject = '', queue] = pattern.split(' ');
      return `Subscription to "${subject}"${queue ? ` using queue "${queue}"` : ''}`;
    };
    const allowed = patterns.filter((pattern) => !refused.has(words(pattern)));
    const own = new Set([
      `${inboxPrefixOf(name)}.>`,
      `rpc.${name}.> ${name}`,
      ...(name === 'fulfillment-worker' ? [laneWakeSubject] : []),
    ]);
    expect(allowed).toEqual(patterns.filter((pattern) => own.has(pattern)));
  },
);

/** Which service may publish a subject, by its first words. */
function mayPublish(service: ServiceName, subject: string): boolean {
  const fact = facts.find((each) => each.subject === subject);
  if (fact) return fact.owner === service || isReplayed(service, subject);
  if (subject === laneWakeSubject) return service === 'fulfillment-worker';
  if (subject.startsWith('rpc.')) return mayCall(service, subject);
  const consumer = consumers.find(({ durable }) => subject.split('.').includes(durable));
  if (subject.startsWith('deadletter.')) return consumer?.consumer === service;
  // The server answers it with the permissions of the user who asks.
  if (subject === '$SYS.REQ.USER.INFO') return true;
  if (!subject.startsWith('$JS.')) return false;
  if (consumer && subject.includes('.CONSUMER.INFO.')) {
    return consumer.consumer === service || consumer.stream.owner === service;
  }
  if (subject.includes('.CONSUMER.DELETE.')) return false;
  if (consumer) return consumer.consumer === service;
  return natsPermissionsOf(service).publish.includes(subject) && isHarmless(service, subject);
}

function mayCall(service: ServiceName, subject: string): boolean {
  const [, owner, namespace = '', name = ''] = subject.split('.');
  if (['ownAlerts', 'ownChecks'].includes(namespace)) return service === 'gateway';
  const table = procedureTables[owner as keyof typeof procedureTables];
  const specs: Record<
    string,
    Record<string, { scope: string; calledBy?: readonly string[] | undefined }>
  > = table;
  const spec = specs[namespace]?.[name];
  if (!spec) return false;
  return (service === 'gateway' && spec.scope !== 'internal') || !!spec.calledBy?.includes(service);
}

/** The worker republishes dead letters of every consumer. */
function isReplayed(service: ServiceName, subject: string): boolean {
  const followed = consumers.some((each) => each.facts.some((one) => one.subject === subject));
  return service === 'fulfillment-worker' && followed;
}

/**
 * No service may delete, purge, restore or list with JetStream's requests, and only owners may
 * update.
 */
function isHarmless(service: ServiceName, subject: string): boolean {
  const [, , , request = '', ...rest] = subject.split('.');
  const stream = Object.values(streams).find(({ name }) => rest.at(-1) === name);
  if (subject === '$JS.API.INFO') return true;
  if (request === 'UPDATE') return stream?.owner === service;
  if (request === 'MSG') return stream?.owner === service;
  return request === 'INFO' || request === 'CREATE';
}
