import { isFault } from '@landfall/domain/fault.ts';
import { parseStartOptions, startHelp, UsageError, type StartOptions } from './options.ts';
import { playFirstPurchases } from './seed.ts';
import { startStack, type RunningStack } from './stack.ts';
import { StartError } from './supervised-process.ts';

/** Whoever started us may be killed without a word; then nobody would ever stop the stack. */
const PARENT_POLL_MS = 500;

const startedAt = performance.now();
const terminal = process.stdout;

function say(line: string): void {
  terminal.write(`${line}\n`);
}

function step(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`  ${seconds.padStart(5)} s  ${line}`);
}

try {
  const options = parseStartOptions(process.argv.slice(2));
  if (options === 'help') say(startHelp);
  else await runUntilStopped(options);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`\n${explain(error)}\n`);
}

async function runUntilStopped(options: StartOptions): Promise<void> {
  const stopAsked = stopSignal();
  say('Landfall starts');
  const starting = startStack({ ...options, onStep: step, onEvent: step });
  const stack = await starting;
  if (options.seed && stack.isNew && stack.description.emulatorUrl) {
    step('the first purchases');
    await playFirstPurchases(stack.description, step);
  }
  printTable(stack);
  await stopAsked;
  say('\nstopping');
  const failures = await stack.stop();
  for (const failure of failures) process.stderr.write(`did not stop cleanly: ${failure}\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
  say('stopped; data is kept in .landfall/');
}

/** Settles on Ctrl-C, SIGTERM, a closed terminal, or when the parent is gone. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve());
    process.on('disconnect', () => resolve());
    // Listening for its end would otherwise keep us alive after everything has stopped.
    process.channel?.unref();
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, PARENT_POLL_MS).unref();
  });
}

function printTable({ description }: RunningStack): void {
  const rows: [string, string, string][] = [
    [
      'Storefront',
      description.emulatorUrl ?? '—',
      'buy an offer, change it, see the webhook calls',
    ],
    ['Landing page', description.landingUrl, 'where "Configure account" leads'],
    ['Webhook', description.webhookUrl, 'where the marketplace reports changes'],
    ['API (tRPC)', description.trpcUrl, 'key: operatorApiKey in .landfall/stack.json'],
    [
      'Sign-in',
      description.authorityUrl,
      `test people: ${description.people.length}, in stack.json`,
    ],
  ];
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`\nLandfall is ready after ${seconds} s\n`);
  for (const [name, url, hint] of rows) say(`  ${name.padEnd(14)}${url.padEnd(32)}${hint}`);
  if (description.emulatorUrl) {
    say(`
Try: open the storefront, buy "Contoso Analytics", press "Configure account" and confirm.
     npm run demo    plays every scenario and compares both records after each step`);
  }
  say('\nLogs: .landfall/logs    Stop: Ctrl-C');
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${startHelp}`;
  if (error instanceof StartError || isFault(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
