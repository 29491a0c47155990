import { rmSync } from 'node:fs';
import { z } from 'zod';
import { processMark } from '@landfall/servers/process-table';
import { readFileIfThere, writePrivateFile, type Folder } from './folder.ts';

/**
 * The content of `.landfall/stack.json`, for programs that use the running stack. It has local
 * credentials only.
 */
export const stackDescription = z.object({
  /** The launcher's process. A pid is reused; pid and mark together identify one process. */
  pid: z.number().int(),
  mark: z.string(),
  gatewayUrl: z.string(),
  landingUrl: z.string(),
  webhookUrl: z.string(),
  consoleUrl: z.string(),
  trpcUrl: z.string(),
  emulatorUrl: z.string().optional(),
  /** The page with the mails that the local mail server keeps. */
  mailboxUrl: z.string().optional(),
  smtpUrl: z.string().optional(),
  /** Adds the marketplace's token. For another emulator, whose notifications have none. */
  webhookProxyUrl: z.string().optional(),
  authorityUrl: z.string(),
  databaseUrl: z.string(),
  natsUrl: z.string(),
  /** Of the first publisher. */
  tenantId: z.string(),
  clientId: z.string(),
  publishers: z.array(
    z.object({
      /** Absent for a single publisher without a configured id. */
      publisherId: z.string().optional(),
      tenantId: z.string(),
      clientId: z.string(),
      landingUrl: z.string(),
    }),
  ),
  landingClientId: z.string(),
  operatorApiKey: z.string(),
  services: z.array(
    z.object({
      name: z.string(),
      pid: z.number().int(),
      url: z.string().optional(),
      metricsUrl: z.string().optional(),
    }),
  ),
  people: z.array(
    z.object({
      name: z.string(),
      email: z.string(),
      password: z.string(),
      tenantId: z.string(),
      objectId: z.string(),
      /** App roles for the console. */
      appRoles: z.array(z.string()).optional(),
    }),
  ),
  /** The client that gets webhook tokens from the local authority, as Microsoft would. */
  marketplaceClient: z.object({ clientId: z.string(), clientSecret: z.string() }).optional(),
});

export type StackDescription = z.output<typeof stackDescription>;

export function writeStackFile(folder: Folder, description: StackDescription): void {
  writePrivateFile(stackFile(folder), `${JSON.stringify(description, undefined, 2)}\n`);
}

export function removeStackFile(folder: Folder): void {
  rmSync(stackFile(folder), { force: true });
}

/**
 * The stack that is running in this folder. A file that a killed launcher left behind does not
 * count.
 */
export function runningStack(folder: Folder): StackDescription | undefined {
  const text = readFileIfThere(stackFile(folder));
  if (text === undefined) return undefined;
  const found = parse(text);
  return found && processMark(found.pid) === found.mark ? found : undefined;
}

function parse(text: string): StackDescription | undefined {
  try {
    return stackDescription.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function stackFile(folder: Folder): string {
  return folder.path('stack.json');
}
