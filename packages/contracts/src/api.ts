import { activityProcedures } from './activity-procedures.ts';
import { alertProcedures } from './alert-procedures.ts';
import { doctorProcedures } from './doctor-procedures.ts';
import { auditProcedures } from './audit-procedures.ts';
import { billingProcedures } from './billing-procedures.ts';
import { calendarProcedures } from './calendar-procedures.ts';
import { fulfillmentProcedures } from './fulfillment-procedures.ts';
import { ingestProcedures } from './ingest-procedures.ts';
import { keyProcedures } from './key-procedures.ts';
import { landingProcedures } from './landing-procedures.ts';
import { liveProcedures } from './live-events.ts';
import { personalDataProcedures } from './personal-data-procedures.ts';
import { matterProcedures } from './matter-procedures.ts';
import { operatorProcedures } from './operator-procedures.ts';
import { overviewProcedures } from './overview-procedures.ts';
import type { RouterOf } from './procedures.ts';
import type { ServiceName } from './services.ts';

/** Each owner's table of procedures. The owner answers on `rpc.<owner>.<namespace>.<name>`. */
export const procedureTables = {
  'fulfillment-worker': fulfillmentProcedures,
  'billing-sync': billingProcedures,
  'webhook-ingest': ingestProcedures,
  landing: landingProcedures,
} as const;

export type ProcedureOwner = keyof typeof procedureTables & ServiceName;
export type OwnerRouter<Owner extends ProcedureOwner> = RouterOf<(typeof procedureTables)[Owner]>;

const {
  subscriptions,
  policies,
  settings,
  reconciliation,
  destinations,
  deliveries,
  parkedTasks,
  deadLetters,
  credentials,
  customerMails,
  listeners,
  imports,
  operations,
  publishers,
} = fulfillmentProcedures;

/** Procedures that the gateway forwards to their owner, by namespace. */
export const forwardedProcedures = {
  subscriptions,
  policies,
  settings,
  reconciliation,
  destinations,
  deliveries,
  parkedTasks,
  deadLetters,
  credentials,
  customerMails,
  listeners,
  imports,
  operations,
  publishers,
  ...ingestProcedures,
  ...billingProcedures,
  ...landingProcedures,
} as const;

/** Procedures that ISV services and operators may call through the gateway, by namespace. */
export const publicProcedures = {
  ...forwardedProcedures,
  ...activityProcedures,
  ...calendarProcedures,
  ...alertProcedures,
  ...liveProcedures,
  ...personalDataProcedures,
  ...doctorProcedures,
  ...auditProcedures,
  ...keyProcedures,
  ...operatorProcedures,
  ...overviewProcedures,
  ...matterProcedures,
} as const;

/** The service that answers each public namespace. */
export const publicOwners = {
  subscriptions: 'fulfillment-worker',
  policies: 'fulfillment-worker',
  settings: 'fulfillment-worker',
  reconciliation: 'fulfillment-worker',
  destinations: 'fulfillment-worker',
  deliveries: 'fulfillment-worker',
  parkedTasks: 'fulfillment-worker',
  deadLetters: 'fulfillment-worker',
  credentials: 'fulfillment-worker',
  customerMails: 'fulfillment-worker',
  listeners: 'fulfillment-worker',
  imports: 'fulfillment-worker',
  operations: 'fulfillment-worker',
  publishers: 'fulfillment-worker',
  notifications: 'webhook-ingest',
  usage: 'billing-sync',
  catalogue: 'billing-sync',
  overrides: 'billing-sync',
  meters: 'billing-sync',
  recurring: 'billing-sync',
  incidents: 'billing-sync',
  thresholds: 'billing-sync',
  offerPages: 'landing',
  people: 'landing',
  landingEvents: 'landing',
  activity: 'gateway',
  calendar: 'gateway',
  alerts: 'gateway',
  events: 'gateway',
  personalData: 'gateway',
  doctor: 'gateway',
  backups: 'gateway',
  audit: 'gateway',
  keys: 'gateway',
  operators: 'gateway',
  overview: 'gateway',
  matters: 'gateway',
  retention: 'gateway',
} as const satisfies Record<keyof typeof forwardedProcedures, ProcedureOwner> &
  Record<Exclude<keyof typeof publicProcedures, keyof typeof forwardedProcedures>, 'gateway'>;

/** The type that `createTRPCClient` needs for the gateway's `/trpc`. */
export type PublicRouter = RouterOf<typeof publicProcedures>;

/** NATS subject of a procedure; the queue group is the owner's name. */
export function procedureSubject(owner: ProcedureOwner, path: string): string {
  return `rpc.${owner}.${path}`;
}
