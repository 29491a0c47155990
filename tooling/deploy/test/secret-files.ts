import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** A value that each secret accepts. */
const secretValues: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://service:secret@localhost:5432/landfall',
  ADMIN_DATABASE_URL: 'postgres://postgres:secret@localhost:5432/postgres',
  NATS_URL: 'tls://service:secret@nats.nats.svc:4222',
  SMTP_URL: 'smtps://user:secret@smtp.contoso.example:465',
};
const OTHER_SECRET = 'a-secret-of-at-least-thirty-two-characters';

/** The environment with its secret files, which `isSecret` tells from other paths, in a folder of this machine. */
export function withSecretFiles(
  env: Readonly<Record<string, string>>,
  { folder, isSecret }: { readonly folder: string; readonly isSecret: (value: string) => boolean },
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => {
      if (!isSecret(value)) return [name, value];
      const key = path.basename(value);
      const file = path.join(folder, key);
      writeFileSync(file, `${secretValues[key] ?? OTHER_SECRET}\n`);
      return [name, file];
    }),
  );
}
