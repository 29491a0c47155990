import { parseArgs } from 'node:util';
import { isFault } from '@landfall/domain/fault.ts';
import { openFolder } from './folder.ts';
import type { SeenRecord } from './records.ts';
import { scenarios } from './scenarios/all.ts';
import { Stage, type StepReport } from './stage.ts';
import { runningStack, type StackDescription } from './stack-file.ts';
import { startStack } from './stack.ts';
import { StartError } from './supervised-process.ts';
import { openWorld } from './world.ts';

const help = `Usage: npm run demo [-- flags]

Plays every scenario through the public doors of the running stack (starts one if none runs),
compares Landfall's record with the marketplace's after each step, and exits with 1 if any
guarantee fails.

  --json          one JSON object per step instead of lines
  --only WORDS    only the scenarios whose name contains these words
  --help          this text
`;

const write = (line: string) => process.stdout.write(`${line}\n`);

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = 1;
  const isPlain = error instanceof StartError || isFault(error);
  process.stderr.write(`${isPlain ? (error as Error).message : String((error as Error).stack)}\n`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    write(help);
    return 0;
  }
  const chosen = scenarios.filter(({ name }) => name.includes(values.only));
  if (chosen.length === 0) throw new StartError(`No scenario is called "${values.only}".`);
  const running = runningStack(openFolder());
  if (running) return playAll(running, chosen, values.json);

  const tell = (line: string) => process.stderr.write(`  ${line}\n`);
  process.stderr.write('No stack runs here; starting one for the demo\n');
  const stack = await startStack({ fresh: false, workers: 1, onStep: tell, onEvent: tell });
  try {
    return await playAll(stack.description, chosen, values.json);
  } finally {
    await stack.stop();
  }
}

/** 0 when every guarantee held. A scenario that fails ends there; the others are played all the same. */
async function playAll(
  stack: StackDescription,
  chosen: typeof scenarios,
  asJson: boolean,
): Promise<number> {
  const world = openWorld(stack);
  const broken: string[] = [];
  let steps = 0;
  for (const scenario of chosen) {
    if (!asJson) write(`\n${scenario.guarantee}`);
    const stage = new Stage(world, scenario.name, (step) => {
      steps += 1;
      write(asJson ? JSON.stringify(step) : stepLine(step));
    });
    try {
      await scenario.play(stage);
    } catch (error) {
      broken.push(scenario.name);
      if (!asJson) write(`    ${error instanceof Error ? error.message : String(error)}`);
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
    return `\n${count} scenarios, ${steps} steps: both records agree after every one of them.`;
  }
  return `\n${broken.length} of ${count} scenarios broke a guarantee: ${broken.join(', ')}`;
}
