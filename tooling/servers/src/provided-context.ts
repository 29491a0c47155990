/** What the global set-up tells every test file: where the run's PostgreSQL is. */
export type ProvidedPostgres = {
  readonly adminUrl: string;
  /** Of every service's role: roles belong to the cluster, so all databases on it agree. */
  readonly rolePassword: string;
};

declare module 'vitest' {
  export interface ProvidedContext {
    readonly postgres: ProvidedPostgres;
  }
}
