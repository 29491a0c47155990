import { z } from 'zod';
import { query } from './procedures.ts';

/** An alert that holds now, for people: what, since when, and what to do. */
export const firingAlert = z.object({
  /** An `AlertName`, or one that a newer service has. */
  alert: z.string(),
  service: z.string(),
  severity: z.enum(['critical', 'warning']),
  /** Since when it holds, as the process has seen it that answers; not before its own start. */
  since: z.iso.datetime(),
  value: z.number(),
  unit: z.string(),
  labels: z.record(z.string(), z.string()),
  meaning: z.string(),
  nextStep: z.string(),
});

export type FiringAlert = z.output<typeof firingAlert>;

/** Answered by each service for its own part; asked by the gateway alone. */
export const ownAlertProcedures = {
  ownAlerts: {
    list: query({
      scope: 'internal',
      calledBy: ['gateway'],
      scopedBy: 'installation',
      summary: 'Alerts of the service that answers.',
      input: z.object({}),
      output: z.object({ firing: z.array(firingAlert) }),
    }),
  },
} as const;

/** Answered by the gateway, which asks every service. */
export const alertProcedures = {
  alerts: {
    list: query({
      scope: 'alerts:read',
      scopedBy: 'installation',
      summary: 'Active alerts of all services, and the services that do not answer.',
      input: z.object({}),
      output: z.object({
        /** Serious ones first. As many as there are alerts and publishers, so not paged. */
        firing: z.array(firingAlert),
        services: z.array(z.object({ service: z.string(), answers: z.boolean() })),
      }),
    }),
  },
} as const;
