/** What the global set-up provides to every test file: how to reach the run's PostgreSQL. */
export type ProvidedPostgres = {
  readonly adminUrl: string;
  /**
   * The password of every service's role. Roles belong to the cluster, so all its databases use the
   * same.
   */
  readonly rolePassword: string;
};

declare module 'vitest' {
  export interface ProvidedContext {
    readonly postgres: ProvidedPostgres;
  }
}
