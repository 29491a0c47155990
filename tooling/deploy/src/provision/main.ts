import { createLogger } from '@landfall/service-kit/log';
import { prepareRoles, rolesVariables } from './roles-job.ts';
import { prepareStreams } from './streams-job.ts';

/** The set-up jobs, in the order in which they run. Each is safe to repeat. */
const jobs = {
  roles: {
    run: prepareRoles,
    summary: 'creates the database, and a role and a schema per service',
    needs: rolesVariables,
  },
  streams: {
    run: prepareStreams,
    summary: 'creates the streams in JetStream, or updates them',
    needs: ["NATS_URL with the operator's user"],
  },
} as const;

const USAGE = `Prepares PostgreSQL and NATS for Landfall. Each job is safe to repeat.

${Object.entries(jobs)
  .map(
    ([name, { summary, needs }]) =>
      `  ${name.padEnd(8)} ${summary}\n           needs ${needs.join(', ')}`,
  )
  .join('\n')}

Run roles first, then the migrate command of each service, then streams. Then start the services.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [name = '', ...others] = args;
  if (name === '--help' || name === '-h') {
    process.stdout.write(USAGE);
    return 0;
  }
  const job = Object.hasOwn(jobs, name) ? jobs[name as keyof typeof jobs] : undefined;
  if (!job || others.length > 0) {
    process.stderr.write(`Give the name of one job.\n\n${USAGE}`);
    return 1;
  }
  const log = createLogger(`provision ${name}`);
  // In a container, this is process 1, which a signal does not end by default. The next run completes what was interrupted.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  try {
    await job.run(log);
    return 0;
  } catch (error) {
    log.fatal({ err: error }, 'the job failed; correct the cause and run it again');
    return 1;
  }
}
