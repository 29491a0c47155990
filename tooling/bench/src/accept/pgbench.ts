import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PGBENCH = '/usr/bin/pgbench';
const SCRIPT =
  'insert into inbox (dedupe_key, body) values (gen_random_uuid() || $$:$$ || gen_random_uuid(), :body);\n';

/** Debian's package of pgbench. */
export const PGBENCH_PACKAGE = 'postgresql-contrib';

export function hasPgbench(): boolean {
  return existsSync(PGBENCH);
}

/** Inserts single rows with a prepared statement, as many as `clients` connections can in the time. */
export async function insertWithPgbench(options: {
  readonly databaseUrl: string;
  readonly folder: string;
  readonly body: string;
  readonly clients: number;
  readonly seconds: number;
}): Promise<{ readonly rate: number; readonly latencyMs: number }> {
  const { databaseUrl, folder, body, clients, seconds } = options;
  const script = join(folder, 'insert.sql');
  writeFileSync(script, SCRIPT);
  const { stdout } = await promisify(execFile)(PGBENCH, [
    '--no-vacuum',
    '--protocol=prepared',
    `--client=${clients}`,
    '--jobs=2',
    `--time=${seconds}`,
    `--file=${script}`,
    `--define=body=${body}`,
    databaseUrl,
  ]);
  const figure = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
  if (figure(/failed transactions: (\d+)/) !== 0) throw new Error(`pgbench failed: ${stdout}`);
  return {
    rate: figure(/tps = ([\d.]+) \(without/),
    latencyMs: figure(/latency average = ([\d.]+) ms/),
  };
}
