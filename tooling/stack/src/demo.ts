import { parseArgs } from 'node:util';
import { isFault } from '@landfall/domain/fault';
import { openFolder } from './launch/folder.ts';
import { readNatsNodes, UsageError } from './options.ts';
import type { SeenRecord } from './fixture/records.ts';
import { scenarios } from './scenarios/all.ts';
import { ScenarioFixture, type StepReport } from './fixture/scenario-fixture.ts';
import { runningStack, type StackDescription } from './launch/stack-file.ts';
import { startStack } from './launch/stack.ts';
import { stopSignal, whenAborted } from './stop-signal.ts';
import { StartError } from './launch/supervised-process.ts';
import { openStackClient } from './fixture/stack-client.ts';

const help = `Usage: npm run demo [-- flags]

Plays every scenario through the public endpoints of the running stack (or starts a stack),
compares Landfall's record with the marketplace's after each step, and exits with 1 if a
guarantee is broken. The last scenarios move the marketplace's clock about five weeks ahead, and with
it the time of all services: subscriptions renew or end as they would by then.

  --json          print one JSON object per step
  --nats-nodes N  start the stack with a NATS cluster of N nodes (1, 3 or 5)
  --only WORDS    play only scenarios with these words in their name or guarantee
  --help          show this text
`;

const write = (line: string) => process.stdout.write(`${line}\n`);

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = 1;
  const isPlain = error instanceof StartError || error instanceof UsageError || isFault(error);
  process.stderr.write(`${isPlain ? error.message : String((error as Error).stack)}\n`);
}

async function main(): Promise<number> {
  const values = readFlags();
  if (values.help) {
    write(help);
    return 0;
  }
  const natsNodes = readNatsNodes(values['nats-nodes']);
  const wanted = values.only.toLowerCase();
  const chosen = scenarios.filter((one) =>
    [one.name, one.guarantee].some((text) => text.toLowerCase().includes(wanted)),
  );
  if (chosen.length === 0) {
    const names = scenarios.map(({ name }) => `  ${name}`).join('\n');
    throw new UsageError(
      `No scenario has "${values.only}" in its name. The scenarios are:\n${names}`,
    );
  }
  const running = runningStack(openFolder());
  if (running && natsNodes > 1) {
    throw new UsageError(
      'A stack is running here already, so --nats-nodes would change nothing. Stop it first.',
    );
  }
  if (running) return playAll(running, chosen, { asJson: values.json });

  const print = (line: string) => process.stderr.write(`  ${line}\n`);
  process.stderr.write('No stack is running here. Starting one for the demo.\n');
  const stopAsked = stopSignal();
  const options = {
    fresh: false,
    workers: 1,
    natsNodes,
    onStep: print,
    onEvent: print,
    notWanted: stopAsked,
  };
  const stack = await startStack(options).catch((error: unknown) => {
    if (!stopAsked.aborted) throw error;
  });
  if (!stack) return 1;
  try {
    return await Promise.race([
      playAll(stack.description, chosen, { asJson: values.json, stopAsked }),
      whenAborted(stopAsked).then(() => 1),
    ]);
  } finally {
    await stack.stop();
  }
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        'nats-nodes': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'the flags cannot be read';
    throw new UsageError(`${why}\n\n${help}`, { cause });
  }
}

/** 0 if every guarantee held. A broken guarantee ends its scenario; the others are still played. */
async function playAll(
  stack: StackDescription,
  chosen: typeof scenarios,
  { asJson, stopAsked }: { readonly asJson: boolean; readonly stopAsked?: AbortSignal },
): Promise<number> {
  const client = openStackClient(stack);
  const broken: string[] = [];
  let steps = 0;
  const isStopped = () => stopAsked?.aborted === true;
  for (const scenario of chosen) {
    if (isStopped()) return 1;
    if (!asJson) write(`\n${scenario.guarantee} (${scenario.name})`);
    const fixture = new ScenarioFixture(client, scenario.name, (step) => {
      if (isStopped()) return;
      steps += 1;
      write(asJson ? JSON.stringify(step) : stepLine(step));
    });
    try {
      await scenario.play(fixture);
    } catch (error) {
      broken.push(scenario.name);
      fixture.failedBetweenSteps(error);
    }
  }
  if (!asJson) write(summary(chosen.length, steps, broken));
  return broken.length > 0 ? 1 : 0;
}

function stepLine({ ok, step, ms, landfall, marketplace, note }: StepReport): string {
  const seen =
    landfall && marketplace
      ? `Landfall ${recordText(landfall)} | marketplace ${recordText(marketplace)}`
      : '';
  const took = `${(ms / 1000).toFixed(1)} s`.padStart(7);
  const details = [seen, note].filter(Boolean).join('  ');
  return `  ${ok ? '✓' : '✗'} ${step.padEnd(66)}${took}  ${details}`.trimEnd();
}

function recordText({ status, planId, quantity }: SeenRecord): string {
  return [status, planId, quantity === null ? '' : `${quantity} seats`].filter(Boolean).join(' ');
}

function summary(count: number, steps: number, broken: readonly string[]): string {
  if (broken.length === 0) {
    return `\n${count} scenarios, ${steps} steps: both records agreed after every step.`;
  }
  return `\n${broken.length} of ${count} scenarios broke a guarantee: ${broken.join(', ')}`;
}
