import { natsPermissionsOf, RESPONSE_WINDOW_SECONDS } from '@landfall/contracts/nats-permissions';
import { services, type ServiceName } from '@landfall/contracts/services';

/** The user for setup, inspection and repair. No service connects as this user. */
export const operatorUser = 'operator';

export type NatsUser = ServiceName | typeof operatorUser;
export type NatsPasswords = Readonly<Record<NatsUser, string>>;

const users: readonly NatsUser[] = [operatorUser, ...services.map(({ name }) => name)];

export function passwordsFor(passwordOf: (user: NatsUser) => string): NatsPasswords {
  return Object.fromEntries(users.map((user) => [user, passwordOf(user)])) as NatsPasswords;
}

/**
 * The `authorization` block of nats-server's configuration: one user per service, with the permissions
 * that the contracts give it, and the operator with all permissions. `password` returns a password as it
 * appears in the file: quoted, or a variable such as `$NATS_PASSWORD_GATEWAY`.
 */
export function authorization(password: (user: NatsUser) => string): string {
  return `authorization {
  users: [
    { user: "${operatorUser}", password: ${password(operatorUser)} }
${services.map(({ name }) => serviceUser(name, password(name))).join('\n')}
  ]
}
`;
}

function serviceUser(service: ServiceName, password: string): string {
  const { publish, subscribe } = natsPermissionsOf(service);
  return `    {
      user: "${service}", password: ${password}
      permissions: {
        publish: { allow: ${list(publish)} }
        subscribe: { allow: ${list(subscribe)} }
        allow_responses: { max: 1, expires: "${RESPONSE_WINDOW_SECONDS}s" }
      }
    }`;
}

function list(subjects: readonly string[]): string {
  if (subjects.length === 0) return '[]';
  const lines = subjects.map((subject) => `          ${JSON.stringify(subject)}`);
  return `[\n${lines.join('\n')}\n        ]`;
}
