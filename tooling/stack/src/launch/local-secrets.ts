import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { services, type ServiceName } from '@landfall/contracts/services';
import {
  createConsoleApp,
  createIdentities,
  createOtherPublishers,
  identitiesSchema,
  withAllPeople,
} from '@landfall/emulator/identities';
import { readFileIfThere, writePrivateFile, type Folder } from './folder.ts';

const localSecrets = z.object({
  databasePassword: z.string(),
  sessionSecret: z.string(),
  operatorApiKey: z.string(),
  rolePasswords: z.record(z.string(), z.string()),
  identities: identitiesSchema,
});

export type LocalSecrets = z.output<typeof localSecrets>;

/** The credentials of this machine's stack: generated once, kept in the folder, never printed. */
export function localSecretsOf(folder: Folder): LocalSecrets {
  const file = folder.path('secrets.json');
  const kept = readFileIfThere(file);
  const found = kept === undefined ? makeSecrets() : localSecrets.parse(JSON.parse(kept));
  // A file from an older version has only one publisher, no console and fewer people.
  const { otherPublishers = createOtherPublishers(), consoleApp = createConsoleApp() } =
    found.identities;
  const people = withAllPeople(found.identities.people);
  const identities = { ...found.identities, otherPublishers, consoleApp, people };
  const secrets = { ...found, identities };
  writePrivateFile(file, `${JSON.stringify(secrets, undefined, 2)}\n`);
  return secrets;
}

export function rolePassword(secrets: LocalSecrets, service: ServiceName): string {
  const password = secrets.rolePasswords[service];
  if (password === undefined) throw new Error(`there is no password for ${service}`);
  return password;
}

function makeSecrets(): LocalSecrets {
  const secret = () => randomBytes(32).toString('hex');
  return {
    databasePassword: secret(),
    sessionSecret: secret(),
    operatorApiKey: `lf_${randomBytes(8).toString('hex')}_${secret()}`,
    rolePasswords: Object.fromEntries(services.map(({ name }) => [name, secret()])),
    identities: createIdentities(),
  };
}
