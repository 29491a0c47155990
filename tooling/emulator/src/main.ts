import { identitiesSchema } from './authority/identities.ts';
import { startEmulator } from './emulator.ts';

/**
 * The emulator as a separate process, configured by environment variables (see the README). It
 * prints one JSON line when it is ready, and stops on SIGTERM, SIGINT, or when its parent ends.
 */
const { env } = process;

const emulator = await startEmulator({
  marketplacePort: Number(env['EMULATOR_PORT'] ?? 0),
  authorityPort: Number(env['EMULATOR_AUTHORITY_PORT'] ?? 0),
  smtpPort: Number(env['EMULATOR_SMTP_PORT'] ?? 0),
  ...(env['EMULATOR_STATE_FILE'] && { stateFile: env['EMULATOR_STATE_FILE'] }),
  ...(env['EMULATOR_WEBHOOK_URL'] && { webhookUrl: env['EMULATOR_WEBHOOK_URL'] }),
  ...(env['EMULATOR_LANDING_URL'] && { landingUrl: env['EMULATOR_LANDING_URL'] }),
  ...(env['EMULATOR_IDENTITIES'] && {
    identities: readIdentities(env['EMULATOR_IDENTITIES']),
  }),
  log: (line) => print({ level: 'info', msg: line }),
}).catch(async (error: NodeJS.ErrnoException) => {
  // Tells the parent, which chose the ports, that one of them is taken.
  if (process.connected) await new Promise((sent) => process.send?.({ failed: error.code }, sent));
  throw error;
});
const { url, marketplaceBaseUrl, authorityUrl, smtpUrl } = emulator;
print({ level: 'info', msg: 'ready', url, marketplaceBaseUrl, authorityUrl, smtpUrl });
process.send?.({ ready: true, url, marketplaceBaseUrl, authorityUrl, smtpUrl });

let stopping: Promise<void> | undefined;
function stop(): void {
  stopping ??= Promise.resolve(emulator[Symbol.asyncDispose]()).then(
    () => {
      if (process.connected) process.disconnect();
    },
    (error: unknown) => {
      process.exitCode = 1;
      print({ level: 'error', msg: error instanceof Error ? error.message : 'stopping failed' });
    },
  );
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('disconnect', stop);

function readIdentities(text: string): Partial<ReturnType<typeof identitiesSchema.parse>> {
  const given = identitiesSchema.partial().parse(JSON.parse(text));
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function print(line: Record<string, unknown>): void {
  process.stdout.write(
    `${JSON.stringify({ time: new Date().toISOString(), name: 'emulator', ...line })}\n`,
  );
}
