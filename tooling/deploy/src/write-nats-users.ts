import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { authorization, type NatsUser } from '@landfall/provisioning/nats-users';

export const natsUsersFile = fileURLToPath(new URL('../nats-users.conf', import.meta.url));

/** The environment variable from which nats-server reads a user's password. */
export function passwordVariable(user: NatsUser): string {
  return `NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`;
}

/** The file to include in nats-server's configuration. Passwords come from its environment. */
export function natsUsers(): string {
  return `# Written by src/write-nats-users.ts from packages/contracts: one user per service.
${authorization((user) => `$${passwordVariable(user)}`)}`;
}

if (import.meta.main) writeFileSync(natsUsersFile, natsUsers());
