import { throwAwayPostgres } from './throw-away-servers.ts';
import type { ProvidedPostgres } from './provided-context.ts';
import type { TestProject } from 'vitest/node';

// Roles belong to a cluster, not to a database, so all test files and runs on one server must
// agree.
const rolePassword = 'password-of-tests';

/**
 * Vitest's global set-up: one temporary PostgreSQL for the run, or the one at TEST_DATABASE_URL.
 * Test files get their own databases from `testDatabase()`.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) {
    provide(project, { adminUrl: given, rolePassword });
    return undefined;
  }
  const server = await throwAwayPostgres();
  provide(project, { adminUrl: server.adminUrl, rolePassword });
  return async () => {
    await server[Symbol.asyncDispose]();
  };
}

function provide(project: TestProject, postgres: ProvidedPostgres): void {
  project.provide('postgres', postgres);
}
