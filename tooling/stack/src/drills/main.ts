import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { isFault } from '@landfall/domain/fault';
import { UsageError } from '../options.ts';
import { StartError } from '../launch/supervised-process.ts';
import { backup } from './backup.ts';
import { NotPossibleHere, playDrill, type Drill, type DrillReport } from './drill.ts';
import { connections, diskFull, readOnly } from './database-outages.ts';
import { failover } from './failover.ts';
import { nats } from './nats.ts';
import { pooler } from './pooler.ts';
import { soak } from './soak.ts';
import { upgrade } from './upgrade.ts';

/** Every drill, in the order of the help. */
const drills: readonly Drill[] = [
  backup,
  failover,
  pooler,
  readOnly,
  connections,
  diskFull,
  upgrade,
  nats,
  soak,
];

const EXIT_NOT_POSSIBLE = 2;
/** Exit code of an interrupted run: neither success nor failure. */
const EXIT_INTERRUPTED = 130;

const help = `Usage: npm run drill -- <name> [flags]

Rehearses a loss on a separate system in a temporary folder, and reports what it measured.

${drills.map((drill) => lines(drill).join('\n')).join('\n')}

For every drill:
  --json             print one JSON object to stdout at the end, and progress to stderr
  --keep             keep the folder with data and logs
  --list             print the names of the drills
  --help             show this text

Exit codes: 1 if a guarantee is broken or the drill could not run, ${EXIT_NOT_POSSIBLE} if this machine cannot run the drill,
${EXIT_INTERRUPTED} if it was interrupted.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = error instanceof NotPossibleHere ? EXIT_NOT_POSSIBLE : 1;
  process.stderr.write(`\n${explain(error)}\n`);
} finally {
  if (process.connected) process.disconnect();
}

async function main(argv: readonly string[]): Promise<number> {
  const [name = '', ...rest] = argv;
  if (argv.includes('--help') || argv.includes('-h')) return print(help);
  if (name === '--list') return print(drills.map((drill) => `${drill.name}\n`).join(''));
  const drill = drills.find((one) => one.name === name);
  if (!drill) {
    throw new UsageError(
      name === '' ? 'Give the name of a drill.' : `There is no drill called ${name}.`,
    );
  }
  const { json, keep, ...flags } = readFlags(drill, rest);
  const startedAt = Date.now();
  const progress = json ? process.stderr : process.stdout;
  const say = (line: string) => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(0).padStart(5);
    progress.write(`${seconds} s  ${line}\n`);
  };
  const signal = interruption();
  const sayStopping = () => say('interrupted: stopping and removing the system');
  signal.addEventListener('abort', sayStopping);
  const report = await playDrill(drill, {
    flags: Object.fromEntries(
      Object.entries(flags).map(([flag, value]) => [flag, value?.toString()]),
    ),
    keep: keep === true,
    signal,
    say,
  });
  // The end of this process closes the channel to its parent, which also aborts.
  signal.removeEventListener('abort', sayStopping);
  print(json ? `${JSON.stringify(report)}\n` : printed(report));
  if (!report.isComplete) return EXIT_INTERRUPTED;
  return report.broken.length === 0 ? 0 : 1;
}

function readFlags(drill: Drill, args: readonly string[]) {
  const own = (drill.flags ?? []).map(({ name, value }) => [
    name,
    { type: value === undefined ? 'boolean' : 'string' },
  ]);
  const options: ParseArgsOptionsConfig = {
    ...(Object.fromEntries(own) as ParseArgsOptionsConfig),
    json: { type: 'boolean' },
    keep: { type: 'boolean' },
  };
  try {
    const { values } = parseArgs({ args: [...args], options });
    for (const { name } of (drill.flags ?? []).filter((flag) => flag.value !== undefined)) {
      checkAmount(name, values[name]);
    }
    return values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'the flags cannot be read';
    throw new UsageError(why, { cause });
  }
}

/** A drill with no length would check nothing, and report that everything held. */
function checkAmount(flag: string, value: unknown): void {
  const amount = value === undefined ? 1 : Number(value);
  if (!(amount > 0 && Number.isFinite(amount))) {
    throw new UsageError(`--${flag} needs a number above 0, not ${String(value)}.`);
  }
}

function interruption(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
    process.once(signal, () => stop.abort());
  }
  return stop.signal;
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

function printed({ drill, figures, broken, held, isComplete, seconds }: DrillReport): string {
  const width = Math.max(0, ...figures.map(({ name }) => name.length));
  const verdict = !isComplete
    ? 'Interrupted. Not everything was checked.'
    : broken.length === 0
      ? `Every guarantee held (${held.length}).`
      : `Broken guarantees: ${broken.length}`;
  return [
    '',
    `${drill}: ${seconds.toFixed(0)} s`,
    ...figures.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`),
    ...held.map((guarantee) => `held    ${guarantee}`),
    ...broken.map(({ guarantee, found }) => `BROKEN  ${guarantee}: ${found}`),
    verdict,
    '',
  ].join('\n');
}

function lines({ name, summary, flags = [] }: Drill): string[] {
  const flag = (one: (typeof flags)[number]) =>
    `    ${`--${one.name} ${one.value ?? ''}`.padEnd(16)} ${one.help}`;
  return [`  ${name.padEnd(16)} ${summary}`, ...flags.map(flag)];
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${help}`;
  if (error instanceof StartError || isFault(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
