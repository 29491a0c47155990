import path from 'node:path';
import { createLandfallClient } from '@landfall/client';
import { isFault } from '@landfall/domain/fault';
import { createControl } from '@landfall/emulator/control-client';
import { buildConsole } from './launch/console-build.ts';
import { openFolder, repositoryRoot, type Folder } from './launch/folder.ts';
import { parseStartOptions, startHelp, UsageError, type StartOptions } from './options.ts';
import { playFirstPurchasesOnce } from './fixture/seed.ts';
import { startStack, type RunningStack } from './launch/stack.ts';
import { stopSignal, whenAborted } from './stop-signal.ts';
import { StartError } from './launch/supervised-process.ts';

const startedAt = performance.now();

/** The admin among the test people. */
const ADMIN = 'alma@contoso.example';

// If the terminal closes or the reader of a pipe ends, we must still stop our processes.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function step(line: string): void {
  print(`  ${secondsSinceStart().padStart(5)} s  ${line}`);
}

function secondsSinceStart(): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}

try {
  const options = parseStartOptions(process.argv.slice(2));
  if (options === 'help') print(startHelp);
  else await runUntilStopped(options);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`\n${explain(error)}\n`);
}

async function runUntilStopped(options: StartOptions): Promise<void> {
  const stopAsked = stopSignal();
  stopAsked.addEventListener('abort', () => print('\nStopping'));
  print('Starting Landfall');
  const folder = openFolder();
  const buildNotWanted = new AbortController();
  stopAsked.addEventListener('abort', () => buildNotWanted.abort());
  const building = buildConsole(buildNotWanted.signal).then((problem) => {
    if (!buildNotWanted.signal.aborted) step(problem ?? 'console');
  });
  const stack = await startUnlessStopped({ ...options, folder }, stopAsked).catch(
    async (error: unknown) => {
      buildNotWanted.abort();
      await building;
      throw error;
    },
  );
  if (stack) {
    await showUntilStopped(stack, { ...options, building }, stopAsked);
    const failures = await stack.stop();
    for (const failure of failures) process.stderr.write(`Did not stop cleanly: ${failure}\n`);
    process.exitCode = failures.length > 0 ? 1 : 0;
  }
  await building;
  print(`Stopped. Your data is in ${folderName(folder)}/.`);
}

/** Undefined if the start was cancelled; by then, everything that it had started has stopped. */
async function startUnlessStopped(
  options: StartOptions & { readonly folder: Folder },
  notWanted: AbortSignal,
): Promise<RunningStack | undefined> {
  try {
    return await startStack({ ...options, onStep: step, onEvent: step, notWanted });
  } catch (error) {
    if (notWanted.aborted) return undefined;
    throw error;
  }
}

async function showUntilStopped(
  stack: RunningStack,
  options: StartOptions & { readonly building: Promise<void> },
  stopAsked: AbortSignal,
): Promise<void> {
  const asked = whenAborted(stopAsked);
  const seeding = playFirstPurchasesOnce(stack, {
    isWanted: options.seed,
    onStep: step,
    stopAsked,
  });
  await Promise.race([Promise.all([seeding, options.building]), asked]);
  if (!stopAsked.aborted) {
    const signIn = await consoleSignIn(stack);
    printTable(stack);
    if (signIn) print(`\n${signIn}`);
  }
  await asked;
}

function printTable({ description, folder }: RunningStack): void {
  const { emulatorUrl, mailboxUrl, webhookProxyUrl, people } = description;
  const at = folderName(folder);
  const key = `API key: operatorApiKey in ${at}/stack.json`;
  const rows: [string, string, string][] = [
    ['Landing page', description.landingUrl, 'buyers come here from "Configure account"'],
    ['Webhook', description.webhookUrl, 'the marketplace sends notifications here'],
    ['API (tRPC)', description.trpcUrl, key],
    ['API docs', `${description.gatewayUrl}/docs`, 'every call, over plain HTTP and tRPC'],
    ['Console', description.consoleUrl, 'people of the publisher sign in here'],
  ];
  if (emulatorUrl) {
    rows.unshift(['Storefront', emulatorUrl, 'buy an offer, change it, watch the notifications']);
  }
  if (mailboxUrl) rows.push(['Mailbox', mailboxUrl, 'every mail that Landfall sends ends here']);
  if (webhookProxyUrl) {
    const hint = 'if your emulator sends no token, let it call this address';
    rows.push(['Webhook proxy', webhookProxyUrl, hint]);
  }
  if (people.length > 0) {
    rows.push([
      'Sign-in',
      description.authorityUrl,
      `${people.length} test people, listed in ${at}/stack.json`,
    ]);
  }
  print(`\nLandfall is ready after ${secondsSinceStart()} s\n`);
  for (const [name, url, hint] of rows) print(`  ${name.padEnd(14)}${url.padEnd(32)}${hint}`);
  if (emulatorUrl) {
    print(`
Try it: open the storefront, buy "Contoso Analytics", select "Configure account" and confirm.
        npm run demo    plays every scenario and compares both records after each step`);
  }
  print(`\nLogs: ${at}/logs    Stop: Ctrl-C`);
}

/** A line with a link that makes the reader an admin in the console. Undefined: there is an admin already. */
async function consoleSignIn({ description }: RunningStack): Promise<string | undefined> {
  try {
    const { emulatorUrl, consoleUrl } = description;
    if (!emulatorUrl) return await firstAdminInvitation(description);
    const { loginHint } = await createControl(emulatorUrl).signInHint(ADMIN);
    const link = `${consoleUrl}/sign-in/start?hint=${loginHint}`;
    return `Open the console as an admin (works once, within an hour):\n  ${link}`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `Could not make the link for an admin of the console: ${why}`;
  }
}

async function firstAdminInvitation(
  description: RunningStack['description'],
): Promise<string | undefined> {
  const { operators } = createLandfallClient({
    url: description.trpcUrl,
    apiKey: description.operatorApiKey,
  });
  const { items } = await operators.list.query({});
  const isThere = items.some(({ role, publisherId }) => role === 'admin' && !publisherId);
  if (isThere) return undefined;
  const { url } = await operators.invite.mutate({ role: 'admin' });
  return `First admin of the console (works once):\n  ${url}`;
}

/** The path to the folder, as a person would type it in the repository. */
function folderName({ root }: Folder): string {
  const name = path.relative(repositoryRoot, root);
  return name.startsWith('..') ? root : name;
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${startHelp}`;
  if (error instanceof StartError || isFault(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
