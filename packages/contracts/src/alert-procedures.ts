import { z } from 'zod';
import { query } from './procedures.ts';

/** An active alert: what it means, since when it is active, and what to do. */
export const firingAlert = z.object({
  /** An `AlertName`, or the name of an alert from a newer version. */
  alert: z.string(),
  service: z.string(),
  severity: z.enum(['critical', 'warning']),
  /** Since when it is active, as seen by the answering process; never before the start of that process. */
  since: z.iso.datetime(),
  value: z.number(),
  unit: z.string(),
  labels: z.record(z.string(), z.string()),
  meaning: z.string(),
  nextStep: z.string(),
});

export type FiringAlert = z.output<typeof firingAlert>;

/** An active alert as callers of the gateway see it. */
export const shownAlert = firingAlert.extend({
  /** The incident page: the causes, how to recognise each of them, and what to do. */
  incidentPage: z.url(),
});

export type ShownAlert = z.output<typeof shownAlert>;

/** Served by every service for its own alerts. Only the gateway may call it. */
export const ownAlertProcedures = {
  ownAlerts: {
    list: query({
      scope: 'internal',
      calledBy: ['gateway'],
      scopedBy: 'installation',
      summary: 'Active alerts of the answering service.',
      input: z.object({}),
      output: z.object({ firing: z.array(firingAlert) }),
    }),
  },
} as const;

/** Served by the gateway, which asks every service. */
export const alertProcedures = {
  alerts: {
    list: query({
      scope: 'alerts:read',
      scopedBy: 'installation',
      summary: 'Active alerts of all services, and whether each service answers.',
      input: z.object({}),
      output: z.object({
        /** Critical ones first. Not paged, because the number of alerts and publishers bounds the list. */
        firing: z.array(shownAlert),
        services: z.array(z.object({ service: z.string(), answers: z.boolean() })),
      }),
    }),
  },
} as const;
