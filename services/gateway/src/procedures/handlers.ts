import { calendarProcedures } from '@landfall/contracts/calendar-procedures';
import {
  forwardedProcedures,
  publicOwners,
  type ProcedureOwner,
  type publicProcedures,
} from '@landfall/contracts/api';
import type { EdgeOwnershipOf } from '@landfall/contracts/procedures';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import type { Alerts } from '@landfall/service-kit/alerts';
import type { Logger } from '@landfall/service-kit/log';
import type { OwnPersonalData } from '@landfall/service-kit/personal-data';
import { activityHandlers } from '../activity/handler.ts';
import { auditHandlers } from '../audit/handlers.ts';
import { calendarHandlers } from '../calendar/calendar.ts';
import type { Db } from '../db/schema.ts';
import type { Roundup } from '../api/roundup.ts';
import { keyHandlers, type KeyHandlerParts } from '../keys/key-handlers.ts';
import type { LiveReading } from '../live/reading.ts';
import { personalDataHandlers } from '../personal-data/requests.ts';
import { operatorHandlers, type OperatorHandlerParts } from '../operators/operator-handlers.ts';
import { matterCommands } from '../matters/commands.ts';
import { matterQueries } from '../matters/queries.ts';
import { findKey } from '../store/keys.ts';
import { findMatter } from '../store/matters.ts';
import { findOperator } from '../store/operators.ts';
import { alertHandlers } from './alerts.ts';
import { doctorHandlers } from './doctor.ts';
import { overviewHandler, retentionHandler } from './overview.ts';

/** Every public procedure with its handler: the owner answers it, or the gateway itself. */
export function procedureHandlers(parts: {
  readonly clients: Readonly<Record<ProcedureOwner, object>>;
  readonly roundup: Roundup;
  readonly alerts: Pick<Alerts, 'firing'>;
  readonly live: LiveReading;
  readonly personalData: OwnPersonalData;
  readonly doctor: Parameters<typeof doctorHandlers>[0];
  readonly db: Db;
  readonly log: Logger;
  /** For keys and people, which are the gateway's own. */
  readonly own: KeyHandlerParts & Omit<OperatorHandlerParts, 'publishers'>;
  readonly matters: Parameters<typeof matterCommands>[0];
}) {
  const { clients, roundup, alerts, live, personalData, doctor, db, log, own, matters } = parts;
  const clientOf = (namespace: string) =>
    clients[publicOwners[namespace as keyof typeof forwardedProcedures]];
  const forwarded = forwardHandlers(forwardedProcedures, clientOf);
  const { publicUrl } = own;
  const allAlerts = alertHandlers(roundup, alerts, publicUrl);
  const audit = auditHandlers(db);
  const ofWorker = forwardHandlers(calendarProcedures, () => clients['fulfillment-worker']);
  const overview = overviewHandler({ db, alerts: allAlerts, publicUrl, now: matters.now });
  return {
    ...forwarded,
    alerts: allAlerts,
    overview: { get: overview },
    retention: { get: retentionHandler() },
    events: live.handlers,
    personalData: personalDataHandlers({ clients, own: personalData, log }),
    ...doctorHandlers(doctor),
    audit,
    activity: activityHandlers({
      forwarded,
      audit,
      matters: matterQueries(matters),
      now: () => new Date(),
    }),
    calendar: calendarHandlers({ worker: ofWorker.calendar, db }),
    keys: keyHandlers(own),
    operators: operatorHandlers({ ...own, publishers: forwarded.publishers.list }),
    matters: { ...matterQueries(matters), ...matterCommands(matters) },
  };
}

/** Keys and people are the gateway's own. Everything else is looked up by the service to which the call is forwarded. */
export function edgeOwnership(db: Db): EdgeOwnershipOf<typeof publicProcedures> {
  return {
    isEdge: true,
    publisherOf: {
      subscription: 'by-owner',
      change: 'by-owner',
      run: 'by-owner',
      destination: 'by-owner',
      delivery: 'by-owner',
      notification: 'by-owner',
      listener: 'by-owner',
      key: async (id) => (await findKey(db, id))?.publisherId,
      matter: async (id) => (await findMatter(db, id))?.publisherId,
      operator: async (id) => (await findOperator(db, id))?.publisherId,
    },
  };
}
