import { isFault } from '@landfall/domain/fault';
import { UsageError } from '../options.ts';
import { StartError } from '../launch/supervised-process.ts';
import { chaosHelp, parseChaosOptions, type ChaosOptions } from './options.ts';
import { runChaos, type RunReport } from './run.ts';

/** A hundred broken subscriptions have one cause, and the first ones show it. */
const MOST_BREACHES_SHOWN = 20;

/** Exit code of an interrupted run: neither success nor failure. */
const EXIT_INTERRUPTED = 130;

try {
  const options = parseChaosOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(chaosHelp);
  else process.exitCode = await main(options);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`\n${explain(error)}\n`);
}

async function main(options: ChaosOptions): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
    process.once(signal, () => interruption.abort());
  }
  const startedAt = Date.now();
  const progress = options.json ? process.stderr : process.stdout;
  const say = (line: string) => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(0).padStart(5);
    progress.write(`${seconds} s  ${line}\n`);
  };
  say(`seed ${options.seed}, ${options.minutes} minutes, ${options.workers} workers`);
  const report = await runChaos({ ...options, onProgress: say, signal: interruption.signal });
  if (process.connected) process.disconnect();
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : printed(report));
  if (!report.isComplete) return EXIT_INTERRUPTED;
  return report.breaches.length === 0 ? 0 : 1;
}

function printed(report: RunReport): string {
  const { breaches, counts, kills, seconds } = report;
  const killed = Object.values(kills).reduce((sum, count) => sum + count, 0);
  const shown = breaches.slice(0, MOST_BREACHES_SHOWN).map(lines);
  const verdict = report.isComplete
    ? breaches.length === 0
      ? 'Every guarantee held.'
      : `Broken guarantees: ${breaches.length}`
    : 'Interrupted. Nothing was checked.';
  return [
    '',
    `seed ${report.seed}: disturbed for ${seconds.disturbed.toFixed(0)} s, drained within ${seconds.drained.toFixed(0)} s`,
    `killed and frozen: ${killed}`,
    ...table(kills),
    'counts',
    ...table(counts),
    ...(report.logs ? [`logs: ${report.logs}`] : []),
    ...(breaches.length > 0 ? ['broken guarantees', ...table(byGuarantee(breaches))] : []),
    ...shown.flat(),
    verdict,
    '',
  ].join('\n');
}

function lines({ guarantee, subscriptionId, found, timeline = [] }: RunReport['breaches'][number]) {
  const where = `        ${subscriptionId ?? ''} ${found}`;
  return [`BROKEN  ${guarantee}`, where, ...timeline.map((line) => `          ${line}`)];
}

function byGuarantee(breaches: RunReport['breaches']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { guarantee } of breaches) counts[guarantee] = (counts[guarantee] ?? 0) + 1;
  return counts;
}

function table(of: Readonly<Record<string, number>>): string[] {
  return Object.entries(of).map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`);
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${chaosHelp}`;
  if (error instanceof StartError || isFault(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
